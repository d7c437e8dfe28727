// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "account/account.h"

#include <linux/in.h>
#include <linux/preempt.h>
#include <linux/sctp.h>
#include <linux/socket.h>
#include <linux/tcp.h>
#include <net/sock.h>

#include "compat.h"
#include "family.h"
#include "counts/flow.h"
#include "log.h"
#include "params.h"
#include "counts/peer.h"
#include "account/sctp.h"
#include "ledger/trace.h"

atomic_t traffic_careful = ATOMIC_INIT(0);
static atomic_t readers = ATOMIC_INIT(0);

void traffic_careful_begin(void)
{
	atomic_inc(&readers);
	atomic_inc(&traffic_careful);
	/* Whoever did not see it has added to both, or to none. */
	synchronize_rcu();
}

void traffic_careful_end(void)
{
	atomic_dec(&traffic_careful);
	atomic_dec(&readers);
}

bool notrace traffic_is_counted(const struct sock *sk)
{
	enum traffic_family family = traffic_family_of(sk->sk_family);

	return traffic_family_counts(family) && !traffic_is_smc(sk) &&
	       traffic_is_a_programs(sk);
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

/* What SCTP tells of itself is no payload. */
static bool is_notification(const struct traffic_transfer *transfer)
{
	if (!traffic_is_sctp(transfer->sk) || transfer->direction != TRAFFIC_RX)
		return false;
	if (transfer->msg)
		return transfer->msg->msg_flags & MSG_NOTIFICATION;
	if (!traffic_sctp_may_notify(transfer->sk))
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

static struct traffic_face face_of(const struct sock *sk,
				   const struct traffic_peer *peer)
{
	bool is_datagram = sk->sk_type != SOCK_STREAM;

	return (struct traffic_face){
		.prot = READ_ONCE(sk->sk_prot),
		.net = sock_net(sk),
		.addresses = traffic_addresses_of(sk),
		.ports = traffic_ports_of(sk),
		.more = (peer->family == AF_INET6 ? TRAFFIC_FACE_V6 : 0) |
			(sk_is_tcp(sk) ? TRAFFIC_FACE_TCP : 0),
		.is_datagram = is_datagram,
		.is_connected = is_datagram && traffic_is_connected(sk),
	};
}

static void set_face(struct traffic_face *face, const struct traffic_face *to)
{
	WRITE_ONCE(face->net, to->net);
	WRITE_ONCE(face->addresses, to->addresses);
	WRITE_ONCE(face->ports, to->ports);
	WRITE_ONCE(face->more, to->more);
	WRITE_ONCE(face->is_datagram, to->is_datagram);
	WRITE_ONCE(face->is_connected, to->is_connected);
	WRITE_ONCE(face->prot, to->prot);
}

/* Where the next call on the same socket is counted at once. */
static void remember(struct traffic_record *record,
		     const struct traffic_transfer *transfer,
		     enum traffic_transport transport,
		     struct traffic_flow *flow)
{
	struct traffic_block __percpu *percpu =
		READ_ONCE(record->counters.percpu);
	const struct sock *sk = transfer->sk;
	struct traffic_block *block;
	struct traffic_face face;

	/* And those of which more has to be asked at each call. */
	if (!percpu || transport >= TRAFFIC_INET_TRANSPORTS ||
	    traffic_is_sctp(sk) || !transfer->result)
		return;
	block = this_cpu_ptr(percpu);
	if (!params_max_flows) {
		block->place = traffic_place_of(transport);
		block->is_tcp = sk_is_tcp(sk);
		block->prot = READ_ONCE(sk->sk_prot);
		return;
	}
	if (!flow)
		return;
	/* Of a peer that the call named the socket tells nothing. */
	face = face_of(sk, &flow->peer);
	if (!traffic_names_nobody(&face, transfer->direction, transfer->msg))
		return;
	if (!traffic_is_face_of(&flow->face, &flow->peer, sk))
		set_face(&flow->face, &face);
	block->flows[transfer->direction][traffic_recent_flow(sk)] = flow;
}

static void add(struct traffic_record *record,
		const struct traffic_transfer *transfer)
{
	enum traffic_transport transport = transport_of(transfer->sk);
	bool careful = atomic_read(&readers);
	struct traffic_flow *flow = NULL;

	if (unlikely(careful))
		spin_lock(&record->flows.lock);
	traffic_counters_add(&record->counters, transport, transfer->direction,
			     transfer->result);
	if (params_max_flows) {
		flow = traffic_flows_find(&record->flows, transfer, transport);
		if (flow) {
			traffic_flow_add(flow, transfer->direction,
					 transfer->result);
			if (traffic_flow_is_stale(flow))
				traffic_flow_stamp(flow);
		} else {
			traffic_flows_add_rest(&record->flows, transfer,
					       transport);
		}
	}
	if (unlikely(careful))
		spin_unlock(&record->flows.lock);
	remember(record, transfer, transport, flow);
}

/*
 * As traffic_account_again(), of a flow that is only not among the last few, or
 * was not used since the clock went on.
 */
static bool add_by_socket(struct traffic_record *record, const struct sock *sk,
			  enum traffic_direction direction, long result,
			  const struct msghdr *msg)
{
	struct traffic_block __percpu *percpu =
		READ_ONCE(record->counters.percpu);
	struct traffic_flow *flow;

	if (!percpu || traffic_family_of(sk->sk_family) != TRAFFIC_FAMILY_INET)
		return false;
	flow = traffic_flow_of_socket(&record->flows, sk);
	if (!flow || !traffic_names_nobody(&flow->face, direction, msg))
		return false;
	traffic_flow_add(flow, direction, result);
	traffic_block_add(percpu, flow->place, direction, result);
	if (traffic_flow_is_stale(flow))
		traffic_flow_stamp(flow);
	__this_cpu_write(percpu->flows[direction][traffic_recent_flow(sk)],
			 flow);
	return true;
}

static bool counts(const struct traffic_transfer *transfer)
{
	/*
	 * In an interrupt current is nobody's. What is counted without asking
	 * has a file, and is never used there: its functions may sleep.
	 */
	return in_task() && is_message(transfer) &&
	       traffic_is_counted(transfer->sk) &&
	       !(sk_is_tcp(transfer->sk) &&
		 traffic_is_under_repair(transfer->sk)) &&
	       !is_notification(transfer);
}

/* For this record and those behind it. Apart: the other way needs no stack. */
static noinline void account_by_rules(struct traffic_record *record,
				      const struct traffic_transfer *transfer)
{
	const struct traffic_record *first = record;
	bool logged = false;

	if (counts(transfer)) {
		for (; record; record = traffic_next_of(record, record->tgid)) {
			add(record, transfer);
			logged |= READ_ONCE(record->logged);
		}
		if (trace_send_enabled() || trace_recv_enabled())
			traffic_trace_transfer(first, transfer,
					       transport_of(transfer->sk));
	}
	if (unlikely(params_log_packets) && logged)
		traffic_log_transfer(transfer->direction, transfer->result);
}

void traffic_account_from(struct traffic_record *record, struct sock *sk,
			  enum traffic_direction direction, long result,
			  int flags, const struct msghdr *msg)
{
	if (static_branch_likely(&traffic_keeps_flows) &&
	    traffic_is_plain(result, flags) && traffic_is_a_programs(sk)) {
		while (add_by_socket(record, sk, direction, result, msg)) {
			record = traffic_next_of(record, record->tgid);
			if (!record)
				return;
		}
	}
	account_by_rules(record, &(struct traffic_transfer){
					 .sk = sk,
					 .direction = direction,
					 .result = result,
					 .flags = flags,
					 .msg = msg,
				 });
}

void traffic_account_init(void)
{
	if (params_log_packets)
		atomic_inc(&traffic_careful);
}
