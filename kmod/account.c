// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "account.h"

#include <linux/in.h>
#include <linux/preempt.h>
#include <linux/socket.h>
#include <linux/tcp.h>
#include <net/sock.h>

#include "compat.h"
#include "log.h"
#include "params.h"

bool notrace traffic_is_counted(const struct sock *sk)
{
	unsigned short family = READ_ONCE(sk->sk_family);
	const struct socket *sock = READ_ONCE(sk->sk_socket);

	if (family != AF_INET && family != AF_INET6)
		return false;
	return sock && READ_ONCE(sock->file) && !traffic_avoids_recursion(sk);
}

static bool is_stream(const struct sock *sk)
{
	return sk->sk_type == SOCK_STREAM || sk->sk_type == SOCK_SEQPACKET;
}

static bool is_message(const struct sock *sk, enum traffic_direction direction,
		       long result, int flags)
{
	if (result < 0 || (flags & (MSG_PEEK | MSG_ERRQUEUE)))
		return false;
	if (result > 0)
		return true;
	/* Nothing of a stream is its end, and of MSG_PROBE nothing was sent; */
	if (is_stream(sk) || (flags & MSG_PROBE))
		return false;
	/* of datagrams it is an empty one, unless nobody may receive more. */
	return direction == TRAFFIC_TX ||
	       !(READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN);
}

/* A checkpoint that is restored fills queues; it moves nothing. */
static bool is_under_repair(struct sock *sk)
{
	return sk_is_tcp(sk) && tcp_sk(sk)->repair;
}

static enum traffic_transport transport_of(const struct sock *sk)
{
	if (sk->sk_type == SOCK_STREAM && (sk->sk_protocol == IPPROTO_TCP ||
					   sk->sk_protocol == IPPROTO_MPTCP))
		return TRAFFIC_TCP;
	if (sk->sk_type == SOCK_DGRAM && (sk->sk_protocol == IPPROTO_UDP ||
					  sk->sk_protocol == IPPROTO_UDPLITE))
		return TRAFFIC_UDP;
	return TRAFFIC_OTHER;
}

void traffic_account_target(struct sock *sk, enum traffic_direction direction,
			    long result, int flags)
{
	struct traffic_record *record;
	bool logged = false;

	/* In an interrupt current is nobody's. */
	if (!in_task() || !is_message(sk, direction, result, flags) ||
	    !traffic_is_counted(sk) || is_under_repair(sk))
		return;

	rcu_read_lock();
	traffic_for_each_of(record, current->tgid)
	{
		traffic_counters_add(&record->counters, transport_of(sk),
				     direction, result);
		logged |= READ_ONCE(record->logged);
	}
	rcu_read_unlock();
	if (unlikely(params_log_packets) && logged)
		traffic_log_transfer(direction, result);
}
