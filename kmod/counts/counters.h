/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TRAFFIC_COUNTERS_H
#define TRAFFIC_COUNTERS_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/percpu.h>
#include <linux/types.h>

enum traffic_transport {
	TRAFFIC_TCP,
	TRAFFIC_UDP,
	TRAFFIC_OTHER, /* of inet: raw, SCTP, DCCP, ping */
	TRAFFIC_INET_TRANSPORTS,
	/* A family each. */
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

/* Of a CPU, for a process. */
struct traffic_block {
	struct traffic_totals totals;
	/*
	 * Where it counted last, never NULL; RCU, as long as the record. See
	 * face.h.
	 */
	struct traffic_flow *flows[TRAFFIC_DIRECTIONS][TRAFFIC_RECENT_FLOWS];
	/* With max_flows=0: the protocol that it counted last, and as what. */
	const struct proto *prot;
	bool is_tcp;
	unsigned long place; /* see traffic_block_add() */
};

/* Where in a block a transport is counted. */
static inline unsigned long traffic_place_of(enum traffic_transport transport)
{
	return offsetof(struct traffic_block, totals.of[transport]);
}

static __always_inline void
traffic_block_add(struct traffic_block __percpu *block, unsigned long place,
		  enum traffic_direction direction, u64 bytes)
{
	struct traffic_count __percpu *count = (void __percpu *)block + place;

	this_cpu_add(count[direction].bytes, bytes);
	this_cpu_inc(count[direction].msgs);
}

/*
 * A process starts with counters that all CPUs share, since most processes of
 * a build move nothing or little; a busy one gets a block a CPU. When there is
 * no memory for that the shared counters go on: no count depends on it.
 */
struct traffic_counters {
	struct traffic_block __percpu *percpu;
	/* The same, or one that nothing was counted in: never NULL. */
	struct traffic_block __percpu *recent;
	struct traffic_shared_count shared[TRAFFIC_TRANSPORTS]
					  [TRAFFIC_DIRECTIONS];
};

/* Once, before any counters are used. */
void traffic_counters_setup(void);
void traffic_counters_init(struct traffic_counters *counters);
/* From process context, preemptible or not; the counters must stay. */
void traffic_counters_add(struct traffic_counters *counters,
			  enum traffic_transport transport,
			  enum traffic_direction direction, u64 bytes);
/* While others add, a sum may or may not hold their last call. */
void traffic_counters_sum(const struct traffic_counters *counters,
			  struct traffic_totals *totals);
/*
 * Gives the memory of the CPUs back. Nobody may add any more, and whoever sums
 * holds the same lock as the caller.
 */
void traffic_counters_fold(struct traffic_counters *counters);

void traffic_totals_add(struct traffic_totals *to,
			const struct traffic_totals *what);
/* Modulo 2^64: what is added later comes out right. */
void traffic_totals_subtract(struct traffic_totals *from,
			     const struct traffic_totals *what);
/* Of all transports. */
struct traffic_count traffic_totals_sum(const struct traffic_totals *totals,
					enum traffic_direction direction);

#endif
