// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "ledger/snapshot.h"

#include <linux/mm.h>

static void take_snapshot(struct traffic_record *record,
			  struct traffic_snapshot *snapshot)
{
	struct traffic_watch *watch = traffic_watch_at(record->first_slot);
	unsigned int slot;

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
		take_snapshot(record, snapshot);
	spin_unlock(&traffic_lock);
	return record;
}

void traffic_snapshot_put(struct traffic_snapshot *snapshot)
{
	traffic_exe_put(snapshot->process.exe);
	traffic_watch_put(snapshot->program);
}

/* ---- Flows -------------------------------------------------------------- */

/* Besides the flows: a total and a rest of each transport. */
#define MORE_LINES (2 * TRAFFIC_TRANSPORTS)

static void add_line(struct traffic_flows_snapshot *snapshot,
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

static void read_shared(struct traffic_count counts[TRAFFIC_DIRECTIONS],
			const struct traffic_shared_count *shared)
{
	int d;

	for (d = 0; d < TRAFFIC_DIRECTIONS; d++) {
		counts[d].bytes = atomic64_read(&shared[d].bytes);
		counts[d].msgs = atomic64_read(&shared[d].msgs);
	}
}

static void add_totals(struct traffic_flows_snapshot *snapshot,
		       const struct traffic_record *record)
{
	struct traffic_flow_line line = { .kind = TRAFFIC_LINE_TOTAL };
	struct traffic_totals totals;
	int t;

	traffic_counters_sum(&record->counters, &totals);
	for (t = 0; t < TRAFFIC_TRANSPORTS; t++) {
		line.transport = t;
		memcpy(line.counts, totals.of[t], sizeof(line.counts));
		add_line(snapshot, &line);
	}
}

static void add_flows(struct traffic_flows_snapshot *snapshot,
		      const struct traffic_flows *flows)
{
	const struct traffic_flow *flow;

	list_for_each_entry(flow, &flows->list, list) {
		struct traffic_flow_line line = {
			.kind = TRAFFIC_LINE_FLOW,
			.transport = flow->transport,
			.scope = flow->scope,
			.peer = flow->peer,
			.first_ns = flow->first_ns,
			.last_ns = READ_ONCE(flow->last_ns),
		};

		read_shared(line.counts, flow->count);
		add_line(snapshot, &line);
	}
}

static void add_rest(struct traffic_flows_snapshot *snapshot,
		     const struct traffic_flows *flows)
{
	struct traffic_flow_line line = { .kind = TRAFFIC_LINE_REST };
	int t;

	for (t = 0; t < TRAFFIC_TRANSPORTS; t++) {
		line.transport = t;
		read_shared(line.counts, flows->rest[t]);
		add_line(snapshot, &line);
	}
}

static int make_room(struct traffic_flows_snapshot *snapshot,
		     unsigned int flows)
{
	/* Some more, since others may begin meanwhile. */
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
		/* From here on nobody adds to it. */
		spin_lock(&record->flows.lock);
		flows = record->flows.count;
		if (flows + MORE_LINES <= snapshot->capacity)
			break;
		spin_unlock(&record->flows.lock);
		spin_unlock(&traffic_lock);
		if (make_room(snapshot, flows))
			return -ENOMEM;
	}
	snapshot->id = record->process.id;
	snapshot->pid = record->process.pid;
	snapshot->count = 0;
	add_totals(snapshot, record);
	add_flows(snapshot, &record->flows);
	add_rest(snapshot, &record->flows);
	spin_unlock(&record->flows.lock);
	spin_unlock(&traffic_lock);
	return 1;
}

/* ---- Programs ----------------------------------------------------------- */

void traffic_programs_take(struct traffic_programs *programs)
{
	/* The place of each slot's program; too large for the stack. */
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
	/* Under the same lock, or a process that ends is seen twice or never. */
	list_for_each_entry(record, &traffic_running, list) {
		traffic_counters_sum(&record->counters, &totals);
		for_each_set_bit(slot, record->watches.bits, TRAFFIC_WATCHES)
			traffic_totals_add(&of[slot]->totals, &totals);
	}
	spin_unlock(&traffic_lock);
	programs->count = program - programs->at;
}
