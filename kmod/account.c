// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "account.h"

#include <linux/in.h>
#include <linux/preempt.h>
#include <linux/sctp.h>
#include <linux/socket.h>
#include <linux/tcp.h>
#include <net/sock.h>

#include "compat.h"
#include "family.h"
#include "flow.h"
#include "log.h"
#include "params.h"
#include "peer.h"
#include "sctp.h"

bool notrace traffic_is_counted(const struct sock *sk)
{
	const struct socket *sock = READ_ONCE(sk->sk_socket);

	return traffic_family_counts(traffic_family_of(sk->sk_family)) &&
	       sock && READ_ONCE(sock->file) && !traffic_avoids_recursion(sk);
}

static bool is_stream(const struct sock *sk)
{
	return sk->sk_type == SOCK_STREAM || sk->sk_type == SOCK_SEQPACKET;
}

static bool is_message(const struct traffic_transfer *transfer)
{
	const struct sock *sk = transfer->sk;

	if (transfer->result < 0 ||
	    (transfer->flags & (MSG_PEEK | MSG_ERRQUEUE)))
		return false;
	if (transfer->result > 0)
		return true;
	/* Nothing of a stream is its end, and of MSG_PROBE nothing was sent; */
	if (is_stream(sk) || (transfer->flags & MSG_PROBE))
		return false;
	if (transfer->direction == TRAFFIC_TX && !transfer->msg &&
	    traffic_call_probes())
		return false;
	/* of datagrams it is an empty one, unless nobody may receive more. */
	return transfer->direction == TRAFFIC_TX ||
	       !(READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN);
}

/* A checkpoint that is restored fills queues; it moves nothing. */
static bool is_under_repair(struct sock *sk)
{
	return sk_is_tcp(sk) && tcp_sk(sk)->repair;
}

/* What SCTP tells of itself is no payload. */
static bool is_notification(const struct traffic_transfer *transfer)
{
	if (transfer->sk->sk_protocol != IPPROTO_SCTP ||
	    transfer->direction != TRAFFIC_RX)
		return false;
	if (transfer->msg)
		return transfer->msg->msg_flags & MSG_NOTIFICATION;
	if (!traffic_sctp_has_events(transfer->sk))
		return false;
	/* One or the other: then less than it may be, and said so. */
	rcu_read_lock();
	traffic_mark_current(TRAFFIC_SCTP_EVENTS);
	rcu_read_unlock();
	return true;
}

static enum traffic_transport transport_of(const struct sock *sk)
{
	switch (traffic_family_of(sk->sk_family)) {
	case TRAFFIC_FAMILY_UNIX:
		return TRAFFIC_UNIX;
	case TRAFFIC_FAMILY_PACKET:
		return TRAFFIC_PACKET;
	case TRAFFIC_FAMILY_VSOCK:
		return TRAFFIC_VSOCK;
	default:
		break;
	}
	if (sk->sk_type == SOCK_STREAM && (sk->sk_protocol == IPPROTO_TCP ||
					   sk->sk_protocol == IPPROTO_MPTCP))
		return TRAFFIC_TCP;
	if (sk->sk_type == SOCK_DGRAM && (sk->sk_protocol == IPPROTO_UDP ||
					  sk->sk_protocol == IPPROTO_UDPLITE))
		return TRAFFIC_UDP;
	return TRAFFIC_OTHER;
}

static void add(struct traffic_record *record,
		const struct traffic_transfer *transfer,
		enum traffic_transport transport)
{
	bool read = traffic_flows_lock_if_read(&record->flows);

	traffic_counters_add(&record->counters, transport, transfer->direction,
			     transfer->result);
	traffic_flows_add(&record->flows, transfer, transport);
	traffic_flows_unlock_if(&record->flows, read);
}

void traffic_account_target(const struct traffic_transfer *transfer)
{
	struct sock *sk = transfer->sk;
	struct traffic_record *record;
	bool logged = false;

	/* In an interrupt current is nobody's. */
	if (!in_task() || !is_message(transfer) || !traffic_is_counted(sk) ||
	    is_under_repair(sk) || is_notification(transfer))
		return;

	rcu_read_lock();
	traffic_for_each_of(record, current->tgid) {
		add(record, transfer, transport_of(sk));
		logged |= READ_ONCE(record->logged);
	}
	rcu_read_unlock();
	if (unlikely(params_log_packets) && logged)
		traffic_log_transfer(transfer->direction, transfer->result);
}
