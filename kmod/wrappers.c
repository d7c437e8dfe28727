// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each wrapper calls the original by its entry, where ftrace calls us back: it
 * finds our text on the stack and lets the call pass. So no wrapper may end in
 * a tail call; see the Makefile.
 *
 * The record is looked up when the original has returned, and never held
 * across it: a process may be detached or its session closed while it sleeps.
 */
#include "traffic.h"
#include "wrappers.h"

#include <linux/fs.h>
#include <linux/net.h>
#include <linux/tcp.h>
#include <linux/uaccess.h>
#include <net/sock.h>

#include "account.h"
#include "compat.h"
#include "flight.h"

typedef int (*sendmsg_fn)(struct socket *sock, struct msghdr *msg, size_t size);
typedef int (*recvmsg_fn)(struct socket *sock, struct msghdr *msg, size_t size,
			  int flags);
typedef int (*getsockopt_fn)(struct socket *sock, int level, int name,
			     char __user *value, int __user *size);
typedef ssize_t (*splice_read_fn)(struct file *file, loff_t *pos,
				  struct pipe_inode_info *pipe, size_t size,
				  unsigned int flags);

static __always_inline int wrap_sendmsg(enum traffic_wrapped which,
					struct socket *sock, struct msghdr *msg,
					size_t size, bool counts)
{
	sendmsg_fn original = traffic_wrappers[which].original;
	struct traffic_flight flight;
	int result;

	traffic_flight_enter(&flight, sock->sk, TRAFFIC_CALL_SENDMSG, 0);
	result = original(sock, msg, size);
	if (counts)
		traffic_account(sock->sk, TRAFFIC_TX, result,
				msg->msg_flags & MSG_PROBE, msg);
	traffic_flight_leave(&flight);
	return result;
}

static __always_inline int wrap_recvmsg(enum traffic_wrapped which,
					struct socket *sock, struct msghdr *msg,
					size_t size, int flags, bool counts)
{
	recvmsg_fn original = traffic_wrappers[which].original;
	struct traffic_flight flight;
	int result;

	traffic_flight_enter(&flight, sock->sk, TRAFFIC_CALL_RECVMSG, flags);
	result = original(sock, msg, size, flags);
	if (counts)
		traffic_account(sock->sk, TRAFFIC_RX, result, flags, msg);
	traffic_flight_leave(&flight);
	return result;
}

#define SENDMSG_WRAPPER(which, name, counts)                            \
	static int wrap_##name(struct socket *sock, struct msghdr *msg, \
			       size_t size)                             \
	{                                                               \
		return wrap_sendmsg(which, sock, msg, size, counts);    \
	}

#define RECVMSG_WRAPPER(which, name, counts)                                \
	static int wrap_##name(struct socket *sock, struct msghdr *msg,     \
			       size_t size, int flags)                      \
	{                                                                   \
		return wrap_recvmsg(which, sock, msg, size, flags, counts); \
	}

SENDMSG_WRAPPER(TRAFFIC_INET_SENDMSG, inet_sendmsg, true)
RECVMSG_WRAPPER(TRAFFIC_INET_RECVMSG, inet_recvmsg, true)
SENDMSG_WRAPPER(TRAFFIC_INET6_SENDMSG, inet6_sendmsg, true)
RECVMSG_WRAPPER(TRAFFIC_INET6_RECVMSG, inet6_recvmsg, true)
/* IPv6 raw sockets, and families that are not counted: the account tells. */
RECVMSG_WRAPPER(TRAFFIC_COMMON_RECVMSG, sock_common_recvmsg, true)

SENDMSG_WRAPPER(TRAFFIC_UNIX_STREAM_SENDMSG, unix_stream_sendmsg, true)
RECVMSG_WRAPPER(TRAFFIC_UNIX_STREAM_RECVMSG, unix_stream_recvmsg, true)

/* The functions of SOCK_SEQPACKET may call those of SOCK_DGRAM, or have them inline. */
#define IS_SEQPACKET (sock->type == SOCK_SEQPACKET)

SENDMSG_WRAPPER(TRAFFIC_UNIX_DGRAM_SENDMSG, unix_dgram_sendmsg, !IS_SEQPACKET)
RECVMSG_WRAPPER(TRAFFIC_UNIX_DGRAM_RECVMSG, unix_dgram_recvmsg, !IS_SEQPACKET)
SENDMSG_WRAPPER(TRAFFIC_UNIX_SEQPACKET_SENDMSG, unix_seqpacket_sendmsg, true)
RECVMSG_WRAPPER(TRAFFIC_UNIX_SEQPACKET_RECVMSG, unix_seqpacket_recvmsg, true)

SENDMSG_WRAPPER(TRAFFIC_PACKET_SENDMSG, packet_sendmsg, true)
SENDMSG_WRAPPER(TRAFFIC_PACKET_SENDMSG_SPKT, packet_sendmsg_spkt, true)
RECVMSG_WRAPPER(TRAFFIC_PACKET_RECVMSG, packet_recvmsg, true)

SENDMSG_WRAPPER(TRAFFIC_VSOCK_SENDMSG, vsock_connectible_sendmsg, true)
RECVMSG_WRAPPER(TRAFFIC_VSOCK_RECVMSG, vsock_connectible_recvmsg, true)
SENDMSG_WRAPPER(TRAFFIC_VSOCK_DGRAM_SENDMSG, vsock_dgram_sendmsg, true)
RECVMSG_WRAPPER(TRAFFIC_VSOCK_DGRAM_RECVMSG, vsock_dgram_recvmsg, true)

/*
 * For all families. A socket whose operations have no splice_read is read by
 * recvmsg from within, and counted there.
 */
static ssize_t wrap_sock_splice_read(struct file *file, loff_t *pos,
				     struct pipe_inode_info *pipe, size_t size,
				     unsigned int flags)
{
	splice_read_fn original =
		traffic_wrappers[TRAFFIC_SPLICE_READ].original;
	struct socket *sock = file->private_data;
	bool counts = READ_ONCE(sock->ops)->splice_read;
	struct traffic_flight flight;
	ssize_t result;

	traffic_flight_enter(&flight, sock->sk, TRAFFIC_CALL_SPLICE, 0);
	result = original(file, pos, pipe, size, flags);
	if (counts)
		traffic_account(sock->sk, TRAFFIC_RX, result, 0, NULL);
	traffic_flight_leave(&flight);
	return result;
}

/* What TCP_ZEROCOPY_RECEIVE has delivered, as it told the caller. */
static long zerocopy_received(const char __user *value, const int __user *size)
{
	struct tcp_zerocopy_receive result = {};
	int known;

	if (get_user(known, size) || known < 0 ||
	    copy_from_user(&result, value,
			   min_t(size_t, known, sizeof(result))))
		return -EFAULT;
	/* Mapped, and copied: that is negative when it failed. */
	return result.length + (u32)max(result.copybuf_len, 0);
}

static void account_zerocopy(struct sock *sk, long received)
{
	if (received < 0) {
		rcu_read_lock();
		traffic_mark_current(TRAFFIC_UNREADABLE_RESULT);
		rcu_read_unlock();
		return;
	}
	traffic_account(sk, TRAFFIC_RX, received, 0, NULL);
}

static int wrap_sock_common_getsockopt(struct socket *sock, int level, int name,
				       char __user *value, int __user *size)
{
	getsockopt_fn original =
		traffic_wrappers[TRAFFIC_COMMON_GETSOCKOPT].original;
	struct traffic_flight flight;
	int result;

	traffic_flight_enter(&flight, sock->sk, TRAFFIC_CALL_GETSOCKOPT, 0);
	result = original(sock, level, name, value, size);
	if (level == SOL_TCP && name == TCP_ZEROCOPY_RECEIVE &&
	    sk_is_tcp(sock->sk)) {
		if (!result)
			account_zerocopy(sock->sk,
					 zerocopy_received(value, size));
		else if (result == -EFAULT)
			account_zerocopy(sock->sk, result);
	}
	traffic_flight_leave(&flight);
	return result;
}

#if TRAFFIC_HAS_SENDPAGE
typedef ssize_t (*sendpage_fn)(struct socket *sock, struct page *page,
			       int offset, size_t size, int flags);

static __always_inline ssize_t wrap_sendpage(enum traffic_wrapped which,
					     struct socket *sock,
					     struct page *page, int offset,
					     size_t size, int flags,
					     bool counts)
{
	sendpage_fn original = traffic_wrappers[which].original;
	struct traffic_flight flight;
	ssize_t result;

	traffic_flight_enter(&flight, sock->sk, TRAFFIC_CALL_SENDPAGE, 0);
	result = original(sock, page, offset, size, flags);
	if (counts)
		traffic_account(sock->sk, TRAFFIC_TX, result, 0, NULL);
	traffic_flight_leave(&flight);
	return result;
}

/*
 * A protocol without sendpage (MPTCP, raw) is sent by sendmsg from within, and
 * counted there.
 */
static ssize_t wrap_inet_sendpage(struct socket *sock, struct page *page,
				  int offset, size_t size, int flags)
{
	return wrap_sendpage(TRAFFIC_INET_SENDPAGE, sock, page, offset, size,
			     flags, READ_ONCE(sock->sk->sk_prot)->sendpage);
}

static ssize_t wrap_unix_stream_sendpage(struct socket *sock, struct page *page,
					 int offset, size_t size, int flags)
{
	return wrap_sendpage(TRAFFIC_UNIX_STREAM_SENDPAGE, sock, page, offset,
			     size, flags, true);
}
#endif

#define WRAPPER(kernel_function) \
	.name = #kernel_function, .function = wrap_##kernel_function

struct traffic_wrapper traffic_wrappers[TRAFFIC_WRAPPED] = {
	[TRAFFIC_SPLICE_READ] = { WRAPPER(sock_splice_read),
				  .takes_file = true },
	[TRAFFIC_COMMON_GETSOCKOPT] = { WRAPPER(sock_common_getsockopt) },
	[TRAFFIC_INET_SENDMSG] = { WRAPPER(inet_sendmsg) },
	[TRAFFIC_INET_RECVMSG] = { WRAPPER(inet_recvmsg) },
	[TRAFFIC_INET6_SENDMSG] = { WRAPPER(inet6_sendmsg) },
	[TRAFFIC_INET6_RECVMSG] = { WRAPPER(inet6_recvmsg) },
	[TRAFFIC_COMMON_RECVMSG] = { WRAPPER(sock_common_recvmsg) },
	[TRAFFIC_UNIX_STREAM_SENDMSG] = { WRAPPER(unix_stream_sendmsg) },
	[TRAFFIC_UNIX_STREAM_RECVMSG] = { WRAPPER(unix_stream_recvmsg) },
	[TRAFFIC_UNIX_DGRAM_SENDMSG] = { WRAPPER(unix_dgram_sendmsg) },
	[TRAFFIC_UNIX_DGRAM_RECVMSG] = { WRAPPER(unix_dgram_recvmsg) },
	[TRAFFIC_UNIX_SEQPACKET_SENDMSG] = { WRAPPER(unix_seqpacket_sendmsg) },
	[TRAFFIC_UNIX_SEQPACKET_RECVMSG] = { WRAPPER(unix_seqpacket_recvmsg) },
	[TRAFFIC_PACKET_SENDMSG] = { WRAPPER(packet_sendmsg) },
	[TRAFFIC_PACKET_SENDMSG_SPKT] = { WRAPPER(packet_sendmsg_spkt) },
	[TRAFFIC_PACKET_RECVMSG] = { WRAPPER(packet_recvmsg) },
	[TRAFFIC_VSOCK_SENDMSG] = { WRAPPER(vsock_connectible_sendmsg) },
	[TRAFFIC_VSOCK_RECVMSG] = { WRAPPER(vsock_connectible_recvmsg) },
	[TRAFFIC_VSOCK_DGRAM_SENDMSG] = { WRAPPER(vsock_dgram_sendmsg) },
	[TRAFFIC_VSOCK_DGRAM_RECVMSG] = { WRAPPER(vsock_dgram_recvmsg) },
#if TRAFFIC_HAS_SENDPAGE
	[TRAFFIC_INET_SENDPAGE] = { WRAPPER(inet_sendpage) },
	[TRAFFIC_UNIX_STREAM_SENDPAGE] = { WRAPPER(unix_stream_sendpage) },
#else
	[TRAFFIC_INET_SENDPAGE] = { .name = "inet_sendpage" },
	[TRAFFIC_UNIX_STREAM_SENDPAGE] = { .name = "unix_stream_sendpage" },
#endif
};
