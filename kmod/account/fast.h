/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The path of every transfer from a hook to a count. A transfer is one call of a
 * socket's send or receive function. Only the hooks include this file. Read it
 * from top to bottom: the steps stand in the order in which they run, and
 * traffic_account_target() at the end joins them.
 *
 * bucket   The hook asks whether the bucket of current's tgid holds a record:
 *          traffic_bucket_is_used() of ledger.h. For almost every process in
 *          the machine it does not, and the hook returns after this one load.
 * record   The bucket is searched for a record of current. There can be
 *          several, one after the other. The steps below run for each of them.
 *          Once a step cannot count for a record, the next step takes over for
 *          this record and for all later ones.
 * cached   This CPU's block of the record holds the flows that the CPU counted
 *          last. If the flow in the slot of this socket was used in this jiffy,
 *          and its face matches the socket, the transfer is added to the flow
 *          and to the block: no rule is asked, no lock is taken, and the only C
 *          function that the compiler may call is the comparison of two IPv6
 *          addresses. Most transfers end here.
 * socket   Otherwise traffic_account_slow() looks up the flow by the two ends
 *          of the socket, adds to it and puts it into the slot.
 * rules    Otherwise account.c decides by all rules whether the transfer counts,
 *          computes the peer, creates the flow and the face, and reports the
 *          transfer to the trace events.
 *
 * Some transfers skip "cached" and "socket": those that returned nothing, peeked
 * or read the error queue, those in careful mode (careful.h), and those on
 * sockets of the kernel itself. The result is the same on all paths.
 *
 * Preemption stays off from the bucket to the end. This is also what keeps the
 * record and its flows in memory: it holds off the RCU grace period that pairs
 * with call_rcu() in traffic_record_remove(), and it costs less than
 * rcu_read_lock(). The caller makes sure that the socket stays.
 */
#ifndef TRAFFIC_FAST_H
#define TRAFFIC_FAST_H

#include <linux/jump_label.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <net/sock.h>

#include "account/account.h"
#include "counts/counters.h"
#include "counts/face.h"
#include "counts/flow.h"
#include "ledger/ledger.h"

/* ---- Cached: the flow that this CPU remembers ---------------------------- */

/*
 * Adds the transfer to @flow and to this CPU's block. Returns false, and adds
 * nothing, if @flow does not match the socket or the transfer may have used
 * another peer.
 */
static __always_inline bool
traffic_account_cached_flow(struct traffic_flow *flow,
			    struct traffic_record *record, struct sock *sk,
			    enum traffic_direction direction, long result,
			    const struct msghdr *msg)
{
	if (!traffic_face_matches(&flow->face, &flow->peer, sk) ||
	    !traffic_uses_socket_peer(&flow->face, direction, msg))
		return false;
	traffic_flow_add(flow, direction, result);
	traffic_block_add(record->counters.recent, flow->offset, direction,
			  result);
	return true;
}

/* The same with max_flows=0: the block remembers a protocol, not a flow. */
static __always_inline bool
traffic_account_cached_proto(struct traffic_block __percpu *block,
			     struct sock *sk, enum traffic_direction direction,
			     long result)
{
	if (__this_cpu_read(block->prot) != sk->sk_prot ||
	    (__this_cpu_read(block->is_tcp) && traffic_sock_in_repair(sk)))
		return false;
	traffic_block_add(block, __this_cpu_read(block->offset), direction,
			  result);
	return true;
}

/*
 * Returns false, and adds nothing, if this transfer does not match what the CPU
 * remembers. Everything that this function calls is inlined, except for sockets
 * that need a comparison of IPv6 addresses: its caller need not save registers
 * on the stack.
 */
static __always_inline bool
traffic_account_cached(struct traffic_record *record, struct sock *sk,
		       enum traffic_direction direction, long result,
		       const struct msghdr *msg)
{
	struct traffic_block __percpu *block = record->counters.recent;
	struct traffic_flow *flow;

	if (!traffic_sock_is_user(sk))
		return false;
	if (!static_branch_likely(&traffic_keeps_flows))
		return traffic_account_cached_proto(block, sk, direction,
						    result);
	flow = __this_cpu_read(
		block->flows[direction][traffic_recent_slot(sk)]);
	return likely(!traffic_flow_is_stale(flow)) &&
	       traffic_account_cached_flow(flow, record, sk, direction, result,
					   msg);
}

/* ---- All steps ----------------------------------------------------------- */

/*
 * Counts a transfer of current, if current is a target. @bucket is the bucket of
 * current's tgid. Runs with preemption off, in any context: account.c counts
 * nothing in an interrupt, and checks that before it takes a lock.
 */
static __always_inline void
traffic_account_target(struct hlist_head *bucket, struct sock *sk,
		       enum traffic_direction direction, long result, int flags,
		       const struct msghdr *msg)
{
	pid_t tgid = current->tgid;
	struct traffic_record *record =
		traffic_record_find(traffic_bucket_first(bucket), tgid);

	if (unlikely(!record))
		return;
	if (likely(traffic_call_is_plain(result, flags))) {
		while (traffic_account_cached(record, sk, direction, result,
					      msg)) {
			record = traffic_record_next(record, tgid);
			if (likely(!record))
				return;
		}
	}
	/* The slow path counts for this record and for every later one. */
	traffic_account_slow(record, sk, direction, result, flags, msg);
}

/* The same for a caller with preemption on. */
static __always_inline void traffic_account(struct sock *sk,
					    enum traffic_direction direction,
					    long result, int flags,
					    const struct msghdr *msg)
{
	preempt_disable_notrace();
	traffic_account_target(traffic_bucket(current->tgid), sk, direction,
			       result, flags, msg);
	preempt_enable_notrace();
}

#endif
