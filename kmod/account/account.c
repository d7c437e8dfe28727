// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "account/account.h"

#include <linux/in.h>
#include <linux/preempt.h>
#include <linux/sctp.h>
#include <linux/socket.h>
#include <linux/tcp.h>
#include <net/sock.h>

#include "account/sctp.h"
#include "compat.h"
#include "counts/careful.h"
#include "counts/face.h"
#include "counts/flow.h"
#include "counts/peer.h"
#include "counts/transfer.h"
#include "family.h"
#include "ledger/ledger.h"
#include "ledger/trace.h"
#include "log.h"
#include "params.h"

/* ---- Which calls count, and as what --------------------------------------- */

bool notrace traffic_sock_is_counted(const struct sock *sk)
{
	enum traffic_family family = traffic_family_of(sk->sk_family);

	return traffic_family_counts(family) && !traffic_sock_is_smc(sk) &&
	       traffic_sock_is_user(sk);
}

static bool sock_is_stream(const struct sock *sk)
{
	return sk->sk_type == SOCK_STREAM || sk->sk_type == SOCK_SEQPACKET;
}

static bool transfer_is_message(const struct traffic_transfer *transfer)
{
	const struct sock *sk = transfer->sk;

	if (transfer->result < 0 ||
	    (transfer->flags & (MSG_PEEK | MSG_ERRQUEUE)))
		return false;
	if (transfer->result > 0)
		return true;
	/*
	 * A result of 0 is the end of a stream, or a send with MSG_PROBE,
	 * which sends nothing.
	 */
	if (sock_is_stream(sk) || (transfer->flags & MSG_PROBE))
		return false;
	if (transfer->direction == TRAFFIC_TX && !transfer->msg &&
	    traffic_call_is_probe())
		return false;
	/*
	 * Otherwise 0 is an empty datagram, unless the socket is shut down for
	 * receiving.
	 */
	return transfer->direction == TRAFFIC_TX ||
	       !(READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN);
}

/* True if the call received, or may have received, an SCTP notification. */
static bool transfer_is_notification(const struct traffic_transfer *transfer)
{
	if (!traffic_sock_is_sctp(transfer->sk) ||
	    transfer->direction != TRAFFIC_RX)
		return false;
	if (transfer->msg)
		return transfer->msg->msg_flags & MSG_NOTIFICATION;
	if (!traffic_sctp_may_notify(transfer->sk))
		return false;
	/*
	 * This hook cannot know whether the call received payload. The call is
	 * not counted, and the records of current become lower bounds.
	 */
	rcu_read_lock();
	traffic_records_mark_current(TRAFFIC_SCTP_EVENTS);
	rcu_read_unlock();
	return true;
}

static enum traffic_transport sock_transport(const struct sock *sk)
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

/* ---- What is remembered for the cached path ------------------------------- */

static struct traffic_face face_from_sock(const struct sock *sk,
					  const struct traffic_peer *peer)
{
	bool is_datagram = sk->sk_type != SOCK_STREAM;

	return (struct traffic_face){
		.prot = READ_ONCE(sk->sk_prot),
		.net = sock_net(sk),
		.addresses = traffic_sock_addresses(sk),
		.ports = traffic_sock_ports(sk),
		.checks = (peer->family == AF_INET6 ? TRAFFIC_CHECK_V6 : 0) |
			  (sk_is_tcp(sk) ? TRAFFIC_CHECK_REPAIR : 0),
		.is_datagram = is_datagram,
		.is_connected = is_datagram && traffic_sock_is_connected(sk),
	};
}

static void face_write(struct traffic_face *face, const struct traffic_face *to)
{
	/* Other CPUs read the face meanwhile, in traffic_face_matches(). */
	WRITE_ONCE(face->net, to->net);
	WRITE_ONCE(face->addresses, to->addresses);
	WRITE_ONCE(face->ports, to->ports);
	WRITE_ONCE(face->checks, to->checks);
	WRITE_ONCE(face->is_datagram, to->is_datagram);
	WRITE_ONCE(face->is_connected, to->is_connected);
	WRITE_ONCE(face->prot, to->prot);
}

/* Lets this CPU count the next call on the same socket by the cached path. */
static void flow_remember(struct traffic_record *record,
			  const struct traffic_transfer *transfer,
			  enum traffic_transport transport,
			  struct traffic_flow *flow)
{
	struct traffic_block __percpu *percpu =
		READ_ONCE(record->counters.percpu);
	const struct sock *sk = transfer->sk;
	struct traffic_block *block;
	struct traffic_face face;

	/*
	 * Not remembered: sockets of other families and of SCTP, whose every
	 * call needs account_by_rules(). Nor is anything remembered without
	 * per-CPU counters, or after a result of 0.
	 */
	if (!percpu || transport >= TRAFFIC_INET_TRANSPORTS ||
	    traffic_sock_is_sctp(sk) || !transfer->result)
		return;
	block = this_cpu_ptr(percpu);
	if (!traffic_param_max_flows) {
		block->offset = traffic_block_offset(transport);
		block->is_tcp = sk_is_tcp(sk);
		block->prot = READ_ONCE(sk->sk_prot);
		return;
	}
	if (!flow)
		return;
	/*
	 * Remember only a flow with the socket's own peer. If the call named a
	 * peer, that may be another one.
	 */
	face = face_from_sock(sk, &flow->peer);
	if (!traffic_uses_socket_peer(&face, transfer->direction,
				      transfer->msg))
		return;
	if (!traffic_face_matches(&flow->face, &flow->peer, sk))
		face_write(&flow->face, &face);
	block->flows[transfer->direction][traffic_recent_slot(sk)] = flow;
}

/* ---- Counting -------------------------------------------------------------- */

static void record_add_transfer(struct traffic_record *record,
				const struct traffic_transfer *transfer)
{
	enum traffic_transport transport = sock_transport(transfer->sk);
	bool careful = atomic_read(&traffic_careful_readers);
	struct traffic_flow *flow = NULL;

	if (unlikely(careful))
		spin_lock(&record->flows.lock);
	traffic_counters_add(&record->counters, transport, transfer->direction,
			     transfer->result);
	if (traffic_param_max_flows) {
		flow = traffic_flows_find(&record->flows, transfer, transport);
		if (flow) {
			traffic_flow_add(flow, transfer->direction,
					 transfer->result);
			if (traffic_flow_is_stale(flow))
				traffic_flow_stamp(flow);
		} else {
			traffic_flows_add_unattributed(&record->flows, transfer,
						       transport);
		}
	}
	if (unlikely(careful))
		spin_unlock(&record->flows.lock);
	flow_remember(record, transfer, transport, flow);
}

/*
 * Counts the call in the flow between the socket's own two ends. This is for a
 * flow that is not in this CPU's slot, or was not used in this jiffy yet.
 * Returns false, and adds nothing, if there is no such flow or the call may have
 * used another peer.
 */
static bool account_by_sock(struct traffic_record *record,
			    const struct sock *sk,
			    enum traffic_direction direction, long result,
			    const struct msghdr *msg)
{
	struct traffic_block __percpu *percpu =
		READ_ONCE(record->counters.percpu);
	struct traffic_flow *flow;

	if (!percpu || traffic_family_of(sk->sk_family) != TRAFFIC_FAMILY_INET)
		return false;
	flow = traffic_flow_of_sock(&record->flows, sk);
	if (!flow || !traffic_uses_socket_peer(&flow->face, direction, msg))
		return false;
	traffic_flow_add(flow, direction, result);
	traffic_block_add(percpu, flow->offset, direction, result);
	if (traffic_flow_is_stale(flow))
		traffic_flow_stamp(flow);
	__this_cpu_write(percpu->flows[direction][traffic_recent_slot(sk)],
			 flow);
	return true;
}

static bool transfer_counts(const struct traffic_transfer *transfer)
{
	/*
	 * In an interrupt, current has nothing to do with the call. The cached
	 * path need not check this: its sockets have a file, and the functions
	 * of such sockets may sleep, so no interrupt calls them.
	 */
	return in_task() && transfer_is_message(transfer) &&
	       traffic_sock_is_counted(transfer->sk) &&
	       !(sk_is_tcp(transfer->sk) &&
		 traffic_sock_in_repair(transfer->sk)) &&
	       !transfer_is_notification(transfer);
}

/* Not inlined: keeps traffic_account_slow() free of this stack frame. */
static noinline void account_by_rules(struct traffic_record *record,
				      const struct traffic_transfer *transfer)
{
	const struct traffic_record *first = record;
	bool logged = false;

	if (transfer_counts(transfer)) {
		for (; record;
		     record = traffic_record_next(record, record->tgid)) {
			record_add_transfer(record, transfer);
			logged |= READ_ONCE(record->logged);
		}
		if (trace_send_enabled() || trace_recv_enabled())
			traffic_trace_transfer(first->tgid,
					       traffic_record_program(first),
					       transfer,
					       sock_transport(transfer->sk));
	}
	if (unlikely(traffic_param_log_packets) && logged)
		traffic_log_transfer(transfer->direction == TRAFFIC_RX,
				     transfer->result);
}

void traffic_account_slow(struct traffic_record *record, struct sock *sk,
			  enum traffic_direction direction, long result,
			  int flags, const struct msghdr *msg)
{
	if (static_branch_likely(&traffic_keeps_flows) &&
	    traffic_call_is_plain(result, flags) && traffic_sock_is_user(sk)) {
		while (account_by_sock(record, sk, direction, result, msg)) {
			record = traffic_record_next(record, record->tgid);
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
	if (traffic_param_log_packets)
		atomic_inc(&traffic_careful);
}
