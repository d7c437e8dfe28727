/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a process moved, and with whom. Every transfer is in one flow of its
 * process, or in what is left over when there are params_max_flows of them or
 * no memory for another: so the flows add up to the counters.
 */
#ifndef TRAFFIC_FLOW_H
#define TRAFFIC_FLOW_H

#include <linux/list.h>
#include <linux/spinlock.h>

#include "counters.h"
#include "peer.h"
#include "scope.h"

struct traffic_transfer;

struct traffic_flow {
	struct hlist_node by_peer; /* RCU */
	const struct traffic_flows *flows; /* whose it is */
	struct traffic_peer peer;
	u8 transport; /* enum traffic_transport */
	u8 scope; /* enum traffic_scope */
	u64 first_ns;
	u64 last_ns;
	struct traffic_shared_count count[TRAFFIC_DIRECTIONS];
	struct list_head list;
};

/* In the record of a process. */
struct traffic_flows {
	/* Who reads them holds it, and then who adds to them. */
	spinlock_t lock;
	/* Those that were used last; RCU. */
	struct traffic_flow *last[TRAFFIC_DIRECTIONS];
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

/* Under rcu_read_lock(), in any context of a process. */
void traffic_flows_add(struct traffic_flows *flows,
		       const struct traffic_transfer *transfer,
		       enum traffic_transport transport);

/*
 * A reader wants the counters and the flows of one moment. While there is one,
 * whoever adds to both takes the lock around that: costs nobody anything else.
 */
void traffic_flows_reader_begin(void);
void traffic_flows_reader_end(void);

extern atomic_t traffic_flows_readers;

/* Under rcu_read_lock(). */
static __always_inline bool
traffic_flows_lock_if_read(struct traffic_flows *flows)
{
	if (likely(!atomic_read(&traffic_flows_readers)))
		return false;
	spin_lock(&flows->lock);
	return true;
}

static __always_inline void traffic_flows_unlock_if(struct traffic_flows *flows,
						    bool locked)
{
	if (unlikely(locked))
		spin_unlock(&flows->lock);
}

/* All that are kept, of all processes. */
unsigned int traffic_flows_count(void);

int traffic_flows_init(void);
void traffic_flows_exit(void);

#endif
