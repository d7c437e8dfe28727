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
#include <net/sock.h>

#include "account.h"
#include "compat.h"
#include "flight.h"

typedef int (*sendmsg_fn)(struct socket *sock, struct msghdr *msg, size_t size);
typedef int (*recvmsg_fn)(struct socket *sock, struct msghdr *msg, size_t size,
			  int flags);
typedef ssize_t (*splice_read_fn)(struct file *file, loff_t *pos,
				  struct pipe_inode_info *pipe, size_t size,
				  unsigned int flags);

static __always_inline int wrap_sendmsg(enum traffic_wrapped which,
					struct socket *sock, struct msghdr *msg,
					size_t size)
{
	sendmsg_fn original = traffic_wrappers[which].original;
	struct traffic_flight flight;
	int result;

	traffic_flight_enter(&flight, sock->sk, TRAFFIC_CALL_SENDMSG, 0);
	result = original(sock, msg, size);
	traffic_account(sock->sk, TRAFFIC_TX, result,
			msg->msg_flags & MSG_PROBE);
	traffic_flight_leave(&flight);
	return result;
}

static __always_inline int wrap_recvmsg(enum traffic_wrapped which,
					struct socket *sock, struct msghdr *msg,
					size_t size, int flags)
{
	recvmsg_fn original = traffic_wrappers[which].original;
	struct traffic_flight flight;
	int result;

	traffic_flight_enter(&flight, sock->sk, TRAFFIC_CALL_RECVMSG, flags);
	result = original(sock, msg, size, flags);
	traffic_account(sock->sk, TRAFFIC_RX, result, flags);
	traffic_flight_leave(&flight);
	return result;
}

static int wrap_inet_sendmsg(struct socket *sock, struct msghdr *msg,
			     size_t size)
{
	return wrap_sendmsg(TRAFFIC_INET_SENDMSG, sock, msg, size);
}

static int wrap_inet_recvmsg(struct socket *sock, struct msghdr *msg,
			     size_t size, int flags)
{
	return wrap_recvmsg(TRAFFIC_INET_RECVMSG, sock, msg, size, flags);
}

static int wrap_inet6_sendmsg(struct socket *sock, struct msghdr *msg,
			      size_t size)
{
	return wrap_sendmsg(TRAFFIC_INET6_SENDMSG, sock, msg, size);
}

static int wrap_inet6_recvmsg(struct socket *sock, struct msghdr *msg,
			      size_t size, int flags)
{
	return wrap_recvmsg(TRAFFIC_INET6_RECVMSG, sock, msg, size, flags);
}

/* IPv6 raw sockets, and families that are not counted: the account tells. */
static int wrap_sock_common_recvmsg(struct socket *sock, struct msghdr *msg,
				    size_t size, int flags)
{
	return wrap_recvmsg(TRAFFIC_COMMON_RECVMSG, sock, msg, size, flags);
}

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
		traffic_account(sock->sk, TRAFFIC_RX, result, 0);
	traffic_flight_leave(&flight);
	return result;
}

#if TRAFFIC_HAS_SENDPAGE
typedef ssize_t (*sendpage_fn)(struct socket *sock, struct page *page,
			       int offset, size_t size, int flags);

/*
 * A protocol without sendpage (MPTCP, raw) is sent by sendmsg from within, and
 * counted there.
 */
static ssize_t wrap_inet_sendpage(struct socket *sock, struct page *page,
				  int offset, size_t size, int flags)
{
	sendpage_fn original = traffic_wrappers[TRAFFIC_INET_SENDPAGE].original;
	bool counts = READ_ONCE(sock->sk->sk_prot)->sendpage;
	struct traffic_flight flight;
	ssize_t result;

	traffic_flight_enter(&flight, sock->sk, TRAFFIC_CALL_SENDPAGE, 0);
	result = original(sock, page, offset, size, flags);
	if (counts)
		traffic_account(sock->sk, TRAFFIC_TX, result, 0);
	traffic_flight_leave(&flight);
	return result;
}
#endif

#define WRAPPER(kernel_function) \
	.name = #kernel_function, .function = wrap_##kernel_function

struct traffic_wrapper traffic_wrappers[TRAFFIC_WRAPPED] = {
	[TRAFFIC_SPLICE_READ] = { WRAPPER(sock_splice_read),
				  .takes_file = true },
	[TRAFFIC_INET_SENDMSG] = { WRAPPER(inet_sendmsg) },
	[TRAFFIC_INET_RECVMSG] = { WRAPPER(inet_recvmsg) },
	[TRAFFIC_INET6_SENDMSG] = { WRAPPER(inet6_sendmsg) },
	[TRAFFIC_INET6_RECVMSG] = { WRAPPER(inet6_recvmsg) },
	[TRAFFIC_COMMON_RECVMSG] = { WRAPPER(sock_common_recvmsg) },
#if TRAFFIC_HAS_SENDPAGE
	[TRAFFIC_INET_SENDPAGE] = { WRAPPER(inet_sendpage) },
#else
	[TRAFFIC_INET_SENDPAGE] = { .name = "inet_sendpage" },
#endif
};
