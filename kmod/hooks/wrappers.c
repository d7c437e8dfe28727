// SPDX-License-Identifier: GPL-2.0-only
/*
 * A wrapper calls the original after the original's call of ftrace, or at the
 * entry of the original: see after_ftrace_call(). If it calls the entry, ftrace
 * calls redirect_callback() again. That recognises the wrapper by the return
 * address and lets the call pass. So no wrapper may end in a tail call, which
 * would leave no return address of ours; see the Makefile.
 *
 * A wrapper looks up the record after the original has returned. It does not
 * hold a record meanwhile: the process may be detached, or its session closed,
 * while the call sleeps.
 */
#include "traffic.h"
#include "hooks/wrappers.h"

#include <linux/fs.h>
#include <linux/net.h>
#include <linux/static_call.h>
#include <linux/tcp.h>
#include <linux/uaccess.h>
#include <net/sock.h>

#include "account/fast.h"
#include "compat.h"
#include "hooks/flight.h"

/*
 * The original is called by a static call. This is a direct call, patched when
 * the function is found: it needs no branch prediction, and no ENDBR at its
 * destination. It stays a direct call when static_call() is passed to an inline
 * function.
 */
typedef int sendmsg_fn(struct socket *sock, struct msghdr *msg, size_t size);
typedef int recvmsg_fn(struct socket *sock, struct msghdr *msg, size_t size,
		       int flags);
typedef int getsockopt_fn(struct socket *sock, int level, int name,
			  char __user *value, int __user *size);
typedef ssize_t splice_read_fn(struct file *file, loff_t *pos,
			       struct pipe_inode_info *pipe, size_t size,
			       unsigned int flags);

static __always_inline int wrap_sendmsg(sendmsg_fn original,
					struct socket *sock, struct msghdr *msg,
					size_t size, bool counts)
{
	struct traffic_flight flight __uninitialized;
	int result;

	traffic_flight_enter(&flight, sock->sk, TRAFFIC_CALL_SENDMSG, 0);
	result = original(sock, msg, size);
	if (counts)
		traffic_account(sock->sk, TRAFFIC_TX, result,
				msg->msg_flags & MSG_PROBE, msg);
	traffic_flight_leave(&flight);
	return result;
}

static __always_inline int wrap_recvmsg(recvmsg_fn original,
					struct socket *sock, struct msghdr *msg,
					size_t size, int flags, bool counts)
{
	struct traffic_flight flight __uninitialized;
	int result;

	traffic_flight_enter(&flight, sock->sk, TRAFFIC_CALL_RECVMSG, flags);
	result = original(sock, msg, size, flags);
	if (counts)
		traffic_account(sock->sk, TRAFFIC_RX, result, flags, msg);
	traffic_flight_leave(&flight);
	return result;
}

#define SENDMSG_WRAPPER(name, counts)                                   \
	static notrace int wrap_##name(struct socket *sock,             \
				       struct msghdr *msg, size_t size) \
	{                                                               \
		return wrap_sendmsg(static_call(name), sock, msg, size, \
				    counts);                            \
	}

#define RECVMSG_WRAPPER(name, counts)                                          \
	static notrace int wrap_##name(struct socket *sock,                    \
				       struct msghdr *msg, size_t size,        \
				       int flags)                              \
	{                                                                      \
		return wrap_recvmsg(static_call(name), sock, msg, size, flags, \
				    counts);                                   \
	}

DEFINE_STATIC_CALL_NULL(inet_sendmsg, sendmsg_fn);
SENDMSG_WRAPPER(inet_sendmsg, true)
DEFINE_STATIC_CALL_NULL(inet_recvmsg, recvmsg_fn);
RECVMSG_WRAPPER(inet_recvmsg, true)
DEFINE_STATIC_CALL_NULL(inet6_sendmsg, sendmsg_fn);
SENDMSG_WRAPPER(inet6_sendmsg, true)
DEFINE_STATIC_CALL_NULL(inet6_recvmsg, recvmsg_fn);
RECVMSG_WRAPPER(inet6_recvmsg, true)
/* IPv6 raw sockets, and families that are not counted: account.c decides. */
DEFINE_STATIC_CALL_NULL(sock_common_recvmsg, recvmsg_fn);
RECVMSG_WRAPPER(sock_common_recvmsg, true)

DEFINE_STATIC_CALL_NULL(unix_stream_sendmsg, sendmsg_fn);
SENDMSG_WRAPPER(unix_stream_sendmsg, true)
DEFINE_STATIC_CALL_NULL(unix_stream_recvmsg, recvmsg_fn);
RECVMSG_WRAPPER(unix_stream_recvmsg, true)

/*
 * The functions of SOCK_SEQPACKET call those of SOCK_DGRAM, or have them
 * inlined. A call that passes both wrappers is counted by the first one.
 */
#define IS_SEQPACKET (sock->type == SOCK_SEQPACKET)

DEFINE_STATIC_CALL_NULL(unix_dgram_sendmsg, sendmsg_fn);
SENDMSG_WRAPPER(unix_dgram_sendmsg, !IS_SEQPACKET)
DEFINE_STATIC_CALL_NULL(unix_dgram_recvmsg, recvmsg_fn);
RECVMSG_WRAPPER(unix_dgram_recvmsg, !IS_SEQPACKET)
DEFINE_STATIC_CALL_NULL(unix_seqpacket_sendmsg, sendmsg_fn);
SENDMSG_WRAPPER(unix_seqpacket_sendmsg, true)
DEFINE_STATIC_CALL_NULL(unix_seqpacket_recvmsg, recvmsg_fn);
RECVMSG_WRAPPER(unix_seqpacket_recvmsg, true)

DEFINE_STATIC_CALL_NULL(packet_sendmsg, sendmsg_fn);
SENDMSG_WRAPPER(packet_sendmsg, true)
DEFINE_STATIC_CALL_NULL(packet_sendmsg_spkt, sendmsg_fn);
SENDMSG_WRAPPER(packet_sendmsg_spkt, true)
DEFINE_STATIC_CALL_NULL(packet_recvmsg, recvmsg_fn);
RECVMSG_WRAPPER(packet_recvmsg, true)

DEFINE_STATIC_CALL_NULL(vsock_connectible_sendmsg, sendmsg_fn);
SENDMSG_WRAPPER(vsock_connectible_sendmsg, true)
DEFINE_STATIC_CALL_NULL(vsock_connectible_recvmsg, recvmsg_fn);
RECVMSG_WRAPPER(vsock_connectible_recvmsg, true)
DEFINE_STATIC_CALL_NULL(vsock_dgram_sendmsg, sendmsg_fn);
SENDMSG_WRAPPER(vsock_dgram_sendmsg, true)
DEFINE_STATIC_CALL_NULL(vsock_dgram_recvmsg, recvmsg_fn);
RECVMSG_WRAPPER(vsock_dgram_recvmsg, true)

/*
 * All families share this function. If the operations of a socket have no
 * splice_read, it calls recvmsg, and the call is counted there.
 */
DEFINE_STATIC_CALL_NULL(sock_splice_read, splice_read_fn);
static notrace ssize_t wrap_sock_splice_read(struct file *file, loff_t *pos,
					     struct pipe_inode_info *pipe,
					     size_t size, unsigned int flags)
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

/* How much TCP_ZEROCOPY_RECEIVE received, from the result for the caller. */
static long zerocopy_received(const char __user *value, const int __user *size)
{
	struct tcp_zerocopy_receive result = {};
	int known;

	if (get_user(known, size) || known < 0 ||
	    copy_from_user(&result, value,
			   min_t(size_t, known, sizeof(result))))
		return -EFAULT;
	/* The mapped bytes and the copied ones, which are < 0 after an error. */
	return result.length + (u32)max(result.copybuf_len, 0);
}

static void account_zerocopy(struct sock *sk, long received)
{
	if (received < 0) {
		rcu_read_lock();
		traffic_records_mark_current(TRAFFIC_UNREADABLE_RESULT);
		rcu_read_unlock();
		return;
	}
	traffic_account(sk, TRAFFIC_RX, received, 0, NULL);
}

/* Only calls with TCP_ZEROCOPY_RECEIVE are redirected to this wrapper. */
DEFINE_STATIC_CALL_NULL(sock_common_getsockopt, getsockopt_fn);
static notrace int wrap_sock_common_getsockopt(struct socket *sock, int level,
					       int name, char __user *value,
					       int __user *size)
{
	struct traffic_flight flight __uninitialized;
	int result;

	traffic_flight_enter(&flight, sock->sk, TRAFFIC_CALL_GETSOCKOPT, 0);
	result = static_call(sock_common_getsockopt)(sock, level, name, value,
						     size);
	if (sk_is_tcp(sock->sk)) {
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
typedef ssize_t sendpage_fn(struct socket *sock, struct page *page, int offset,
			    size_t size, int flags);

static __always_inline ssize_t wrap_sendpage(sendpage_fn original,
					     struct socket *sock,
					     struct page *page, int offset,
					     size_t size, int flags,
					     bool counts)
{
	struct traffic_flight flight __uninitialized;
	ssize_t result;

	traffic_flight_enter(&flight, sock->sk, TRAFFIC_CALL_SENDPAGE, 0);
	result = original(sock, page, offset, size, flags);
	if (counts)
		traffic_account(sock->sk, TRAFFIC_TX, result, 0, NULL);
	traffic_flight_leave(&flight);
	return result;
}

/*
 * For a protocol without sendpage (MPTCP, raw) the function calls sendmsg, and
 * the call is counted there.
 */
DEFINE_STATIC_CALL_NULL(inet_sendpage, sendpage_fn);
static notrace ssize_t wrap_inet_sendpage(struct socket *sock,
					  struct page *page, int offset,
					  size_t size, int flags)
{
	return wrap_sendpage(static_call(inet_sendpage), sock, page, offset,
			     size, flags,
			     READ_ONCE(sock->sk->sk_prot)->sendpage);
}

DEFINE_STATIC_CALL_NULL(unix_stream_sendpage, sendpage_fn);
static notrace ssize_t wrap_unix_stream_sendpage(struct socket *sock,
						 struct page *page, int offset,
						 size_t size, int flags)
{
	return wrap_sendpage(static_call(unix_stream_sendpage), sock, page,
			     offset, size, flags, true);
}
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
