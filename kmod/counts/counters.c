// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "counts/counters.h"

#include <linux/lockdep.h>
#include <linux/percpu.h>

#include "lock.h"

/*
 * After this many messages of one transport and direction, a process gets
 * counters per CPU. If there is no memory for them, it tries again after as
 * many more.
 */
#define BUSY_MSGS 32

/*
 * ->recent points here while a process has no block of its own, so that it is
 * never NULL. Only read, never counted into: it remembers neither a flow nor a
 * protocol that a socket could match.
 */
static DEFINE_PER_CPU(struct traffic_block, empty_block);
/*
 * Fills the entries of flows[] that hold no flow, so that they need no NULL
 * check. Set once by traffic_counters_setup().
 */
static struct traffic_flow *unused_entry __ro_after_init;

static void block_reset_flows(struct traffic_block __percpu *percpu)
{
	int cpu, d, i;

	for_each_possible_cpu(cpu) {
		struct traffic_block *block = per_cpu_ptr(percpu, cpu);

		for (d = 0; d < TRAFFIC_DIRECTIONS; d++)
			for (i = 0; i < TRAFFIC_RECENT_FLOWS; i++)
				block->flows[d][i] = unused_entry;
	}
}

void traffic_counters_setup(struct traffic_flow *no_flow)
{
	unused_entry = no_flow;
	/*
	 * Not a static initializer: the module loader does not relocate
	 * pointers in per-CPU data.
	 */
	block_reset_flows(&empty_block);
}

void traffic_counters_init(struct traffic_counters *counters)
{
	counters->recent = &empty_block;
}

static void counters_get_percpu(struct traffic_counters *counters)
{
	struct traffic_block __percpu *block;

	block = alloc_percpu_gfp(struct traffic_block,
				 GFP_NOWAIT | __GFP_NOWARN);
	if (!block)
		return;
	block_reset_flows(block);
	/*
	 * A full barrier: the entries are set before the block can be found.
	 * Pairs with the address dependency of the loads of ->percpu and
	 * ->recent.
	 */
	if (cmpxchg(&counters->percpu, NULL, block))
		free_percpu(block);
	else
		WRITE_ONCE(counters->recent, block);
}

void traffic_counters_add(struct traffic_counters *counters,
			  enum traffic_transport transport,
			  enum traffic_direction direction, u64 bytes)
{
	struct traffic_block __percpu *percpu = READ_ONCE(counters->percpu);
	struct traffic_shared_count *shared;

	if (likely(percpu)) {
		traffic_block_add(percpu, traffic_block_offset(transport),
				  direction, bytes);
		return;
	}
	shared = &counters->shared[transport][direction];
	atomic64_add(bytes, &shared->bytes);
	if (atomic64_inc_return(&shared->msgs) % BUSY_MSGS == 0)
		counters_get_percpu(counters);
}

void traffic_counters_sum(const struct traffic_counters *counters,
			  struct traffic_totals *totals)
	__must_hold(&traffic_lock)
{
	struct traffic_block __percpu *percpu = READ_ONCE(counters->percpu);
	int cpu, t, d;

	lockdep_assert_held(&traffic_lock);
	for (t = 0; t < TRAFFIC_TRANSPORTS; t++) {
		for (d = 0; d < TRAFFIC_DIRECTIONS; d++) {
			const struct traffic_shared_count *shared =
				&counters->shared[t][d];

			totals->of[t][d].bytes = atomic64_read(&shared->bytes);
			totals->of[t][d].msgs = atomic64_read(&shared->msgs);
		}
	}
	if (!percpu)
		return;
	for_each_possible_cpu(cpu)
		traffic_totals_add(totals, &per_cpu_ptr(percpu, cpu)->totals);
}

void traffic_counters_fold(struct traffic_counters *counters)
{
	struct traffic_block __percpu *percpu = counters->percpu;
	struct traffic_totals totals;
	int t, d;

	lockdep_assert_held(&traffic_lock);
	if (!percpu)
		return;
	traffic_counters_sum(counters, &totals);
	counters->percpu = NULL;
	counters->recent = &empty_block;
	for (t = 0; t < TRAFFIC_TRANSPORTS; t++) {
		for (d = 0; d < TRAFFIC_DIRECTIONS; d++) {
			struct traffic_shared_count *shared =
				&counters->shared[t][d];

			atomic64_set(&shared->bytes, totals.of[t][d].bytes);
			atomic64_set(&shared->msgs, totals.of[t][d].msgs);
		}
	}
	free_percpu(percpu);
}

void traffic_totals_add(struct traffic_totals *to,
			const struct traffic_totals *what)
{
	int t, d;

	for (t = 0; t < TRAFFIC_TRANSPORTS; t++) {
		for (d = 0; d < TRAFFIC_DIRECTIONS; d++) {
			to->of[t][d].bytes += READ_ONCE(what->of[t][d].bytes);
			to->of[t][d].msgs += READ_ONCE(what->of[t][d].msgs);
		}
	}
}

void traffic_totals_subtract(struct traffic_totals *from,
			     const struct traffic_totals *what)
{
	int t, d;

	for (t = 0; t < TRAFFIC_TRANSPORTS; t++) {
		for (d = 0; d < TRAFFIC_DIRECTIONS; d++) {
			from->of[t][d].bytes -= what->of[t][d].bytes;
			from->of[t][d].msgs -= what->of[t][d].msgs;
		}
	}
}

struct traffic_count traffic_totals_sum(const struct traffic_totals *totals,
					enum traffic_direction direction)
{
	struct traffic_count sum = {};
	int t;

	for (t = 0; t < TRAFFIC_TRANSPORTS; t++) {
		sum.bytes += totals->of[t][direction].bytes;
		sum.msgs += totals->of[t][direction].msgs;
	}
	return sum;
}
