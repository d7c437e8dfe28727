/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes and messages of a process, by transport and direction. */
#ifndef TRAFFIC_COUNTERS_H
#define TRAFFIC_COUNTERS_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/percpu.h>
#include <linux/types.h>

enum traffic_transport {
	TRAFFIC_TCP,
	TRAFFIC_UDP,
	TRAFFIC_OTHER, /* the rest of the family inet: raw, SCTP, DCCP, ping */
	TRAFFIC_INET_TRANSPORTS,
	/* Each of the other families is one transport. */
	TRAFFIC_UNIX = TRAFFIC_INET_TRANSPORTS,
	TRAFFIC_PACKET,
	TRAFFIC_VSOCK,
	TRAFFIC_TRANSPORTS,
};

enum traffic_direction {
	TRAFFIC_RX,
	TRAFFIC_TX,
	TRAFFIC_DIRECTIONS,
};

struct traffic_count {
	u64 bytes;
	u64 msgs;
};

struct traffic_totals {
	struct traffic_count of[TRAFFIC_TRANSPORTS][TRAFFIC_DIRECTIONS];
};

struct traffic_shared_count {
	atomic64_t bytes;
	atomic64_t msgs;
};

#define TRAFFIC_RECENT_BITS 3
#define TRAFFIC_RECENT_FLOWS BIT(TRAFFIC_RECENT_BITS)

struct traffic_flow;
struct proto;

/* What one CPU has counted for one process. */
struct traffic_block {
	struct traffic_totals totals;
	/*
	 * The flows that this CPU counted last, never NULL. They are freed
	 * together with the record, after an RCU grace period.
	 */
	struct traffic_flow *flows[TRAFFIC_DIRECTIONS][TRAFFIC_RECENT_FLOWS];
	/* With max_flows=0: the protocol that this CPU counted last. */
	const struct proto *prot;
	bool is_tcp;
	unsigned long offset; /* see traffic_block_add() */
};

/* Where in a block the counts of a transport are. */
static inline unsigned long
traffic_block_offset(enum traffic_transport transport)
{
	return offsetof(struct traffic_block, totals.of[transport]);
}

/* @offset comes from traffic_block_offset(). */
static __always_inline void
traffic_block_add(struct traffic_block __percpu *block, unsigned long offset,
		  enum traffic_direction direction, u64 bytes)
{
	struct traffic_count __percpu *count = (void __percpu *)block + offset;

	this_cpu_add(count[direction].bytes, bytes);
	this_cpu_inc(count[direction].msgs);
}

/*
 * A process starts with counters that all CPUs share, because most processes of
 * a build have little or no traffic. A busy process gets one block for each
 * CPU. If that allocation fails, the shared counters stay in use: the counts
 * are the same.
 */
struct traffic_counters {
	struct traffic_block __percpu *percpu;
	/* Equal to @percpu, or an empty block if that is NULL. Never NULL. */
	struct traffic_block __percpu *recent;
	struct traffic_shared_count shared[TRAFFIC_TRANSPORTS]
					  [TRAFFIC_DIRECTIONS];
};

/*
 * Call it once, before any counters are used. @no_flow is a flow that matches
 * no socket: it fills the unused entries of traffic_block.flows.
 */
void traffic_counters_setup(struct traffic_flow *no_flow);
void traffic_counters_init(struct traffic_counters *counters);
/* Call it from process context. The counters must not be freed meanwhile. */
void traffic_counters_add(struct traffic_counters *counters,
			  enum traffic_transport transport,
			  enum traffic_direction direction, u64 bytes);
/* If another CPU adds meanwhile, its call may be missing from the sum. */
void traffic_counters_sum(const struct traffic_counters *counters,
			  struct traffic_totals *totals);
/*
 * Adds the per-CPU counts to the shared ones and frees them. Caller holds
 * traffic_lock, as every caller of traffic_counters_sum() does. No CPU may add
 * any longer: the record is unhashed, and a grace period has passed or the
 * process is dead.
 */
void traffic_counters_fold(struct traffic_counters *counters)
	__must_hold(&traffic_lock);

void traffic_totals_add(struct traffic_totals *to,
			const struct traffic_totals *what);
/* Wraps below 0: a later traffic_totals_add() makes the result right. */
void traffic_totals_subtract(struct traffic_totals *from,
			     const struct traffic_totals *what);
/* Adds up all transports. */
struct traffic_count traffic_totals_sum(const struct traffic_totals *totals,
					enum traffic_direction direction);

#endif
