// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each wrapper calls the original behind its call of ftrace, or by its entry,
 * where ftrace calls us back: it finds our text on the stack and lets the call
 * pass. So no wrapper may end in a tail call; see the Makefile.
 *
 * The record is looked up when the original has returned, and never held
 * across it: a process may be detached or its session closed while it sleeps.
 */
#include "traffic.h"
#include "wrappers.h"

#include <linux/fs.h>
#include <linux/net.h>
#include <linux/static_call.h>
#include <linux/tcp.h>
#include <linux/uaccess.h>
#include <net/sock.h>

#include "account.h"
#include "compat.h"
#include "flight.h"

/*
 * A static call is a direct one, patched when the function is known: nothing is
 * predicted, and no ENDBR is wanted where it lands.
 */
#define WRAPPER_OF(type, name, ...)                   \
	static notrace type wrap_##name(__VA_ARGS__); \
	DEFINE_STATIC_CALL_NULL(name, wrap_##name);   \
	static notrace type wrap_##name(__VA_ARGS__)

static __always_inline void sent(struct traffic_flight *flight,
				 struct socket *sock, struct msghdr *msg,
				 int result, bool counts)
{
	if (counts)
		traffic_account(sock->sk, TRAFFIC_TX, result,
				msg->msg_flags & MSG_PROBE, msg);
	traffic_flight_leave(flight);
}

static __always_inline void received(struct traffic_flight *flight,
				     struct socket *sock, struct msghdr *msg,
				     int result, int flags, bool counts)
{
	if (counts)
		traffic_account(sock->sk, TRAFFIC_RX, result, flags, msg);
	traffic_flight_leave(flight);
}

#define SENDMSG_WRAPPER(name, counts)                                         \
	WRAPPER_OF(int, name, struct socket *sock, struct msghdr *msg,        \
		   size_t size)                                               \
	{                                                                     \
		struct traffic_flight flight __uninitialized;                 \
		int result;                                                   \
                                                                              \
		traffic_flight_enter(&flight, sock->sk, TRAFFIC_CALL_SENDMSG, \
				     0);                                      \
		result = static_call(name)(sock, msg, size);                  \
		sent(&flight, sock, msg, result, counts);                     \
		return result;                                                \
	}

#define RECVMSG_WRAPPER(name, counts)                                         \
	WRAPPER_OF(int, name, struct socket *sock, struct msghdr *msg,        \
		   size_t size, int flags)                                    \
	{                                                                     \
		struct traffic_flight flight __uninitialized;                 \
		int result;                                                   \
                                                                              \
		traffic_flight_enter(&flight, sock->sk, TRAFFIC_CALL_RECVMSG, \
				     flags);                                  \
		result = static_call(name)(sock, msg, size, flags);           \
		received(&flight, sock, msg, result, flags, counts);          \
		return result;                                                \
	}

SENDMSG_WRAPPER(inet_sendmsg, true)
RECVMSG_WRAPPER(inet_recvmsg, true)
SENDMSG_WRAPPER(inet6_sendmsg, true)
RECVMSG_WRAPPER(inet6_recvmsg, true)
/* IPv6 raw sockets, and families that are not counted: the account tells. */
RECVMSG_WRAPPER(sock_common_recvmsg, true)

SENDMSG_WRAPPER(unix_stream_sendmsg, true)
RECVMSG_WRAPPER(unix_stream_recvmsg, true)

/* The functions of SOCK_SEQPACKET may call those of SOCK_DGRAM, or have them inline. */
#define IS_SEQPACKET (sock->type == SOCK_SEQPACKET)

SENDMSG_WRAPPER(unix_dgram_sendmsg, !IS_SEQPACKET)
RECVMSG_WRAPPER(unix_dgram_recvmsg, !IS_SEQPACKET)
SENDMSG_WRAPPER(unix_seqpacket_sendmsg, true)
RECVMSG_WRAPPER(unix_seqpacket_recvmsg, true)

SENDMSG_WRAPPER(packet_sendmsg, true)
SENDMSG_WRAPPER(packet_sendmsg_spkt, true)
RECVMSG_WRAPPER(packet_recvmsg, true)

SENDMSG_WRAPPER(vsock_connectible_sendmsg, true)
RECVMSG_WRAPPER(vsock_connectible_recvmsg, true)
SENDMSG_WRAPPER(vsock_dgram_sendmsg, true)
RECVMSG_WRAPPER(vsock_dgram_recvmsg, true)

/*
 * For all families. A socket whose operations have no splice_read is read by
 * recvmsg from within, and counted there.
 */
WRAPPER_OF(ssize_t, sock_splice_read, struct file *file, loff_t *pos,
	   struct pipe_inode_info *pipe, size_t size, unsigned int flags)
{
	struct socket *sock = file->private_data;
	bool counts = READ_ONCE(sock->ops)->splice_read;
	struct traffic_flight flight __uninitialized;
	ssize_t result;

	traffic_flight_enter(&flight, sock->sk, TRAFFIC_CALL_SPLICE, 0);
	result = static_call(sock_splice_read)(file, pos, pipe, size, flags);
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

WRAPPER_OF(int, sock_common_getsockopt, struct socket *sock, int level,
	   int name, char __user *value, int __user *size)
{
	struct traffic_flight flight __uninitialized;
	int result;

	traffic_flight_enter(&flight, sock->sk, TRAFFIC_CALL_GETSOCKOPT, 0);
	result = static_call(sock_common_getsockopt)(sock, level, name, value,
						     size);
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
#define SENDPAGE_WRAPPER(name, counts)                                         \
	WRAPPER_OF(ssize_t, name, struct socket *sock, struct page *page,      \
		   int offset, size_t size, int flags)                         \
	{                                                                      \
		struct traffic_flight flight __uninitialized;                  \
		ssize_t result;                                                \
                                                                               \
		traffic_flight_enter(&flight, sock->sk, TRAFFIC_CALL_SENDPAGE, \
				     0);                                       \
		result = static_call(name)(sock, page, offset, size, flags);   \
		if (counts)                                                    \
			traffic_account(sock->sk, TRAFFIC_TX, result, 0,       \
					NULL);                                 \
		traffic_flight_leave(&flight);                                 \
		return result;                                                 \
	}

/*
 * A protocol without sendpage (MPTCP, raw) is sent by sendmsg from within, and
 * counted there.
 */
SENDPAGE_WRAPPER(inet_sendpage, READ_ONCE(sock->sk->sk_prot)->sendpage)
SENDPAGE_WRAPPER(unix_stream_sendpage, true)
#endif

#define WRAPPER(kernel_function)                                      \
	.name = #kernel_function, .function = wrap_##kernel_function, \
	.call = &STATIC_CALL_KEY(kernel_function),                    \
	.trampoline = STATIC_CALL_TRAMP_ADDR(kernel_function)

void traffic_wrapper_call(const struct traffic_wrapper *wrapper, void *function)
{
	__static_call_update(wrapper->call, wrapper->trampoline, function);
}

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
