/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The flows of a process: what it sent and received, by peer. Every transfer is
 * counted in one flow, or in the unattributed counts if the process already has
 * max_flows flows or there is no memory for another one. So flows and
 * unattributed counts add up to the counters.
 */
#ifndef TRAFFIC_FLOW_H
#define TRAFFIC_FLOW_H

#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/jump_label.h>
#include <linux/list.h>
#include <linux/spinlock.h>

#include "counts/counters.h"
#include "counts/face.h"
#include "counts/peer.h"
#include "counts/scope.h"

struct traffic_transfer;

struct traffic_flow {
	struct hlist_node by_peer; /* read under RCU */
	const struct traffic_flows *flows; /* of the process that it belongs to */
	struct traffic_face face;
	unsigned long offset; /* see traffic_block_add() */
	enum traffic_transport transport;
	enum traffic_scope scope;
	struct traffic_peer peer;
	u64 first_ns;
	u64 last_ns;
	unsigned long last_tick; /* jiffies of last_ns */
	struct traffic_shared_count count[TRAFFIC_DIRECTIONS];
	struct list_head list;
};

/* A flow that matches no socket: its face has no ->prot. */
extern struct traffic_flow traffic_no_flow;

/* All flows of a process, in its record. */
struct traffic_flows {
	/*
	 * A reader of the flows holds it. While a flows file is open, each call
	 * that adds to the flows holds it too: see careful.h.
	 */
	spinlock_t lock;
	/*
	 * Written under flows_lock of flow.c. While a flows file is open, the
	 * calls that add a flow hold @lock too, so its reader needs only @lock.
	 */
	struct list_head list;
	unsigned int count;
	bool closed;
	struct traffic_shared_count unattributed[TRAFFIC_TRANSPORTS]
						[TRAFFIC_DIRECTIONS];
};

void traffic_flows_open(struct traffic_flows *flows);
/* No flow can be added afterwards. Free them after an RCU grace period. */
void traffic_flows_close(struct traffic_flows *flows);
void traffic_flows_free(struct traffic_flows *flows);

/*
 * Returns the flow of a transfer, which is created if needed, or NULL if the
 * transfer is unattributed. Caller holds rcu_read_lock() or has preemption off.
 */
struct traffic_flow *traffic_flows_find(struct traffic_flows *flows,
					const struct traffic_transfer *transfer,
					enum traffic_transport transport);
/*
 * Returns the flow between the socket's own two ends, or NULL if no flow has a
 * matching face. Caller holds rcu_read_lock() or has preemption off.
 */
struct traffic_flow *traffic_flow_of_sock(const struct traffic_flows *flows,
					  const struct sock *sk);
/* Counts a transfer for which traffic_flows_find() returned NULL. */
void traffic_flows_add_unattributed(struct traffic_flows *flows,
				    const struct traffic_transfer *transfer,
				    enum traffic_transport transport);

/* The entry of traffic_block.flows that may hold the flow of this socket. */
static __always_inline unsigned int traffic_recent_slot(const struct sock *sk)
{
	return hash_32(traffic_sock_ports(sk), TRAFFIC_RECENT_BITS);
}

/* True if the flow was not used in this jiffy yet: last_ns has that resolution. */
static __always_inline bool
traffic_flow_is_stale(const struct traffic_flow *flow)
{
	const unsigned long now = jiffies;

	/* If another CPU is stamping the flow, both CPUs stamp it. */
	return data_race(flow->last_tick != now);
}

/* Sets the time of the last use to now. */
void traffic_flow_stamp(struct traffic_flow *flow);

static __always_inline void traffic_flow_add(struct traffic_flow *flow,
					     enum traffic_direction direction,
					     long bytes)
{
	atomic64_add(bytes, &flow->count[direction].bytes);
	atomic64_inc(&flow->count[direction].msgs);
}

/* False with max_flows=0. */
DECLARE_STATIC_KEY_TRUE(traffic_keeps_flows);

/* How many flows are kept for all processes. */
unsigned int traffic_flows_count(void);

int traffic_flows_init(void);
void traffic_flows_exit(void);

#endif
