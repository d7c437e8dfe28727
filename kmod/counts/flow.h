/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a process moved, and with whom. Every transfer is in one flow of its
 * process, or in what is left over when there are params_max_flows of them or
 * no memory for another: so the flows add up to the counters.
 */
#ifndef TRAFFIC_FLOW_H
#define TRAFFIC_FLOW_H

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
	struct hlist_node by_peer; /* RCU */
	const struct traffic_flows *flows; /* whose it is */
	struct traffic_face face;
	unsigned long place; /* see traffic_block_add() */
	enum traffic_transport transport;
	enum traffic_scope scope;
	struct traffic_peer peer;
	u64 first_ns;
	u64 last_ns;
	unsigned long last_tick; /* jiffies of last_ns */
	struct traffic_shared_count count[TRAFFIC_DIRECTIONS];
	struct list_head list;
};

/* Stands where there is none yet: no socket has its face. */
extern struct traffic_flow traffic_no_flow;

/* In the record of a process. */
struct traffic_flows {
	/* Who reads them holds it, and then who adds to them. */
	spinlock_t lock;
	/* The flow module's lock guards these; readers have @lock. */
	struct list_head list;
	unsigned int count;
	bool closed;
	struct traffic_shared_count rest[TRAFFIC_TRANSPORTS][TRAFFIC_DIRECTIONS];
};

void traffic_flows_open(struct traffic_flows *flows);
/* No more can begin; RCU later, traffic_flows_free(). */
void traffic_flows_close(struct traffic_flows *flows);
void traffic_flows_free(struct traffic_flows *flows);

/* As rcu_read_lock() has it: the flow of a transfer, or NULL if it is in none. */
struct traffic_flow *traffic_flows_find(struct traffic_flows *flows,
					const struct traffic_transfer *transfer,
					enum traffic_transport transport);
/* The flow of a socket's own ends, if it is known by its face; else NULL. */
struct traffic_flow *traffic_flow_of_socket(const struct traffic_flows *flows,
					    const struct sock *sk);
/* What is in no flow. */
void traffic_flows_add_rest(struct traffic_flows *flows,
			    const struct traffic_transfer *transfer,
			    enum traffic_transport transport);

/* The clock of a flow's last use, which is no finer, has gone on. */
static __always_inline bool
traffic_flow_is_stale(const struct traffic_flow *flow)
{
	const unsigned long now = jiffies;

	/* Another CPU may be stamping it: then it is asked again. */
	return data_race(flow->last_tick != now);
}

void traffic_flow_stamp(struct traffic_flow *flow);

static __always_inline void traffic_flow_add(struct traffic_flow *flow,
					     enum traffic_direction direction,
					     long bytes)
{
	atomic64_add(bytes, &flow->count[direction].bytes);
	atomic64_inc(&flow->count[direction].msgs);
}

/* Unless max_flows=0. */
DECLARE_STATIC_KEY_TRUE(traffic_keeps_flows);

/* All that are kept, of all processes. */
unsigned int traffic_flows_count(void);

int traffic_flows_init(void);
void traffic_flows_exit(void);

#endif
