/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TRAFFIC_COUNTERS_H
#define TRAFFIC_COUNTERS_H

#include <linux/atomic.h>
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

/*
 * A process starts with counters that all CPUs share, since most processes of
 * a build move nothing or little; a busy one gets a block a CPU. When there is
 * no memory for that the shared counters go on: no count depends on it.
 */
struct traffic_counters {
	struct traffic_totals __percpu *percpu;
	struct traffic_shared_count shared[TRAFFIC_TRANSPORTS]
					  [TRAFFIC_DIRECTIONS];
};

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
u64 traffic_totals_bytes(const struct traffic_totals *totals,
			 enum traffic_direction direction);

#endif
