// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "ledger/snapshot.h"

#include <linux/mm.h>

static void snapshot_take(struct traffic_record *record,
			  struct traffic_snapshot *snapshot)
	__must_hold(&traffic_lock)
{
	struct traffic_watch *watch = traffic_watch_at(record->first_slot);
	unsigned int slot;

	lockdep_assert_held(&traffic_lock);
	snapshot->process = record->process;
	if (snapshot->process.exe)
		refcount_inc(&snapshot->process.exe->refs);
	traffic_counters_sum(&record->counters, &snapshot->totals);

	snapshot->program = watch->kind == TRAFFIC_WATCH_NAME ? watch : NULL;
	if (snapshot->program)
		traffic_watch_get(snapshot->program);
	snapshot->owners = traffic_watch_owners(&record->watches);
	snapshot->watches = 0;
	for_each_set_bit(slot, record->watches.bits, TRAFFIC_WATCHES)
		snapshot->watch_ids[snapshot->watches++] =
			traffic_watch_at(slot)->id;
}

u64 traffic_snapshot_last_id(void)
{
	u64 id;

	spin_lock(&traffic_lock);
	id = traffic_record_last_id();
	spin_unlock(&traffic_lock);
	return id;
}

bool traffic_snapshot_from(u64 id, u64 last_id,
			   struct traffic_snapshot *snapshot)
{
	struct traffic_record *record;

	spin_lock(&traffic_lock);
	record = traffic_record_from(id);
	if (record && record->process.id > last_id)
		record = NULL;
	if (record)
		snapshot_take(record, snapshot);
	spin_unlock(&traffic_lock);
	return record;
}

void traffic_snapshot_put(struct traffic_snapshot *snapshot)
{
	traffic_exe_put(snapshot->process.exe);
	traffic_watch_put(snapshot->program);
}

/* ---- Flows -------------------------------------------------------------- */

/* A total line and an unattributed line for each transport. */
#define MORE_LINES (2 * TRAFFIC_TRANSPORTS)

/* Appends the line, unless it counts nothing. */
static void lines_add(struct traffic_flows_snapshot *snapshot,
		      const struct traffic_flow_line *line)
{
	int d;

	for (d = 0; d < TRAFFIC_DIRECTIONS; d++) {
		if (line->counts[d].bytes || line->counts[d].msgs) {
			snapshot->lines[snapshot->count++] = *line;
			return;
		}
	}
}

static void counts_read_shared(struct traffic_count counts[TRAFFIC_DIRECTIONS],
			       const struct traffic_shared_count *shared)
{
	int d;

	for (d = 0; d < TRAFFIC_DIRECTIONS; d++) {
		counts[d].bytes = atomic64_read(&shared[d].bytes);
		counts[d].msgs = atomic64_read(&shared[d].msgs);
	}
}

static void lines_add_totals(struct traffic_flows_snapshot *snapshot,
			     const struct traffic_record *record)
	__must_hold(&traffic_lock) __must_hold(&record->flows.lock)
{
	struct traffic_flow_line line = { .kind = TRAFFIC_LINE_TOTAL };
	struct traffic_totals totals;
	int t;

	lockdep_assert_held(&record->flows.lock);
	traffic_counters_sum(&record->counters, &totals);
	for (t = 0; t < TRAFFIC_TRANSPORTS; t++) {
		line.transport = t;
		memcpy(line.counts, totals.of[t], sizeof(line.counts));
		lines_add(snapshot, &line);
	}
}

static void lines_add_flows(struct traffic_flows_snapshot *snapshot,
			    const struct traffic_flows *flows)
	__must_hold(&flows->lock)
{
	const struct traffic_flow *flow;

	lockdep_assert_held(&flows->lock);
	list_for_each_entry(flow, &flows->list, list) {
		struct traffic_flow_line line = {
			.kind = TRAFFIC_LINE_FLOW,
			.transport = flow->transport,
			.scope = flow->scope,
			.peer = flow->peer,
			.first_ns = flow->first_ns,
			.last_ns = READ_ONCE(flow->last_ns),
		};

		counts_read_shared(line.counts, flow->count);
		lines_add(snapshot, &line);
	}
}

static void lines_add_unattributed(struct traffic_flows_snapshot *snapshot,
				   const struct traffic_flows *flows)
	__must_hold(&flows->lock)
{
	struct traffic_flow_line line = { .kind = TRAFFIC_LINE_UNATTRIBUTED };
	int t;

	lockdep_assert_held(&flows->lock);
	for (t = 0; t < TRAFFIC_TRANSPORTS; t++) {
		line.transport = t;
		counts_read_shared(line.counts, flows->unattributed[t]);
		lines_add(snapshot, &line);
	}
}

static int lines_make_room(struct traffic_flows_snapshot *snapshot,
			   unsigned int flows)
{
	/* With spare lines, because new flows may begin meanwhile. */
	unsigned int capacity = flows + flows / 8 + MORE_LINES;
	struct traffic_flow_line *lines;

	lines = kvmalloc_array(capacity, sizeof(*lines), GFP_KERNEL_ACCOUNT);
	if (!lines)
		return -ENOMEM;
	kvfree(snapshot->lines);
	snapshot->lines = lines;
	snapshot->capacity = capacity;
	return 0;
}

int traffic_flows_snapshot_from(u64 id, u64 last_id,
				struct traffic_flows_snapshot *snapshot)
{
	struct traffic_record *record;
	unsigned int flows;

	for (;;) {
		spin_lock(&traffic_lock);
		record = traffic_record_from(id);
		if (!record || record->process.id > last_id) {
			spin_unlock(&traffic_lock);
			return 0;
		}
		/* In careful mode, each call takes this lock before it adds. */
		spin_lock(&record->flows.lock);
		flows = record->flows.count;
		if (flows + MORE_LINES <= snapshot->capacity)
			break;
		spin_unlock(&record->flows.lock);
		spin_unlock(&traffic_lock);
		if (lines_make_room(snapshot, flows))
			return -ENOMEM;
	}
	snapshot->id = record->process.id;
	snapshot->pid = record->process.pid;
	snapshot->count = 0;
	lines_add_totals(snapshot, record);
	lines_add_flows(snapshot, &record->flows);
	lines_add_unattributed(snapshot, &record->flows);
	spin_unlock(&record->flows.lock);
	spin_unlock(&traffic_lock);
	return 1;
}

/* ---- Programs ----------------------------------------------------------- */

void traffic_programs_take(struct traffic_programs *programs)
{
	/* Indexed by slot. Static because it is too large for the stack. */
	static struct traffic_program *of[TRAFFIC_WATCHES];
	struct traffic_program *program = programs->at;
	struct traffic_record *record;
	struct traffic_totals totals;
	struct traffic_watch *watch;
	unsigned int slot;

	spin_lock(&traffic_lock);
	programs->end_seq = traffic_record_last_end_seq();
	programs->evicted_seq = traffic_record_evicted_seq();
	for (slot = 0; slot < TRAFFIC_WATCHES; slot++) {
		watch = traffic_watch_at(slot);
		if (!watch)
			continue;
		traffic_watch_get(watch);
		program->watch = watch;
		program->follow = watch->follow;
		program->started = watch->started;
		program->running = watch->running;
		program->ended = watch->ended;
		program->evicted = watch->evicted;
		program->missed = watch->missed;
		program->totals = watch->done;
		of[slot] = program++;
	}
	/*
	 * Do not release the lock before this loop: a process that ended in
	 * between would be counted twice or not at all.
	 */
	list_for_each_entry(record, &traffic_running, list) {
		traffic_counters_sum(&record->counters, &totals);
		for_each_set_bit(slot, record->watches.bits, TRAFFIC_WATCHES)
			traffic_totals_add(&of[slot]->totals, &totals);
	}
	spin_unlock(&traffic_lock);
	programs->count = program - programs->at;
}
