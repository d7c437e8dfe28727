/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TRAFFIC_ACCOUNT_H
#define TRAFFIC_ACCOUNT_H

#include <linux/hash.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/tcp.h>
#include <net/sock.h>

#include "compat.h"
#include "counts/counters.h"
#include "counts/flow.h"
#include "ledger/ledger.h"
#include "params.h"
#include "counts/peer.h"

/* One call of a socket function by current. */
struct traffic_transfer {
	struct sock *sk;
	enum traffic_direction direction;
	long result; /* what it returned */
	int flags; /* MSG_ flags that it was called with */
	const struct msghdr *msg; /* after the call; NULL: the hook has none */
};

/*
 * While it is not zero each call goes the long way: somebody traces them, or
 * reads the flows. It costs nobody anything else.
 */
extern atomic_t traffic_careful;

/*
 * A reader wants the counters and the flows of one moment: each call adds to
 * both under the lock of the record's flows.
 */
void traffic_careful_begin(void);
void traffic_careful_end(void);

/*
 * For this record of current and those behind it: in the flow of the socket if
 * that is known, or else by all the rules. Preemption is off.
 */
void traffic_account_from(struct traffic_record *record, struct sock *sk,
			  enum traffic_direction direction, long result,
			  int flags, const struct msghdr *msg);

/* Not the kernel's own: see traffic_is_counted(). */
static __always_inline bool traffic_is_a_programs(const struct sock *sk)
{
	const struct socket *sock = READ_ONCE(sk->sk_socket);

	/* As traffic_is_used(). */
	return sock && data_race(sock->file) && !traffic_avoids_recursion(sk);
}

static __always_inline unsigned int traffic_recent_flow(const struct sock *sk)
{
	return hash_32(traffic_ports_of(sk), TRAFFIC_RECENT_BITS);
}

/* False: this flow, or what is known of it, is not the transfer's. */
static __always_inline bool
traffic_account_in(struct traffic_flow *flow, struct traffic_record *record,
		   struct sock *sk, enum traffic_direction direction,
		   long result, const struct msghdr *msg)
{
	if (!traffic_is_face_of(&flow->face, &flow->peer, sk) ||
	    !traffic_names_nobody(&flow->face, direction, msg))
		return false;
	traffic_flow_add(flow, direction, result);
	traffic_block_add(record->counters.recent, flow->place, direction,
			  result);
	return true;
}

/* The same with max_flows=0: of the protocol. */
static __always_inline bool
traffic_account_as(struct traffic_block __percpu *block, struct sock *sk,
		   enum traffic_direction direction, long result)
{
	if (__this_cpu_read(block->prot) != sk->sk_prot ||
	    (__this_cpu_read(block->is_tcp) && traffic_is_under_repair(sk)))
		return false;
	traffic_block_add(block, __this_cpu_read(block->place), direction,
			  result);
	return true;
}

/*
 * False: not like one of the last. Calls nothing, so that nothing is saved on
 * the stack.
 */
static __always_inline bool
traffic_account_again(struct traffic_record *record, struct sock *sk,
		      enum traffic_direction direction, long result,
		      const struct msghdr *msg)
{
	struct traffic_block __percpu *block = record->counters.recent;
	struct traffic_flow *flow;

	if (!traffic_is_a_programs(sk))
		return false;
	if (!static_branch_likely(&traffic_keeps_flows))
		return traffic_account_as(block, sk, direction, result);
	flow = __this_cpu_read(
		block->flows[direction][traffic_recent_flow(sk)]);
	return likely(!traffic_flow_is_stale(flow)) &&
	       traffic_account_in(flow, record, sk, direction, result, msg);
}

/* Counts without asking, if what is known of the socket says so. */
static __always_inline bool traffic_is_plain(long result, int flags)
{
	return result > 0 && !(flags & (MSG_PEEK | MSG_ERRQUEUE)) &&
	       !atomic_read(&traffic_careful);
}

/*
 * Every hook ends here, and here alone it is decided what counts. Any context
 * with preemption off, which keeps the records, and is cheaper to have than
 * rcu_read_lock(). The socket must stay. @bucket is that of current.
 */
static __always_inline void
traffic_account_target(struct hlist_head *bucket, struct sock *sk,
		       enum traffic_direction direction, long result, int flags,
		       const struct msghdr *msg)
{
	pid_t tgid = current->tgid;
	struct traffic_record *record =
		traffic_find_from(traffic_first_in(bucket), tgid);

	if (unlikely(!record))
		return;
	if (likely(traffic_is_plain(result, flags))) {
		while (traffic_account_again(record, sk, direction, result,
					     msg)) {
			record = traffic_next_of(record, tgid);
			if (likely(!record))
				return;
		}
	}
	traffic_account_from(record, sk, direction, result, flags, msg);
}

/* The same, preemptible. */
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

void traffic_account_init(void);

/*
 * A socket of a family that is counted, and not the kernel's own: that has no
 * file, or a user who must not recurse into the file systems (NFS, SMB, NBD and
 * NVMe over TCP clear the flag). Calls nothing that is traced.
 */
bool traffic_is_counted(const struct sock *sk);

#endif
