// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "snapshot.h"

static void take_snapshot(struct traffic_record *record,
			  struct traffic_snapshot *snapshot)
{
	u64 first = record->first_watch;
	struct traffic_watch *watch;
	unsigned int slot;

	snapshot->process = record->process;
	if (snapshot->process.exe)
		refcount_inc(&snapshot->process.exe->refs);
	traffic_counters_sum(&record->counters, &snapshot->totals);

	snapshot->program = NULL;
	snapshot->owners = traffic_watch_owners(&record->watches);
	snapshot->watches = 0;
	for_each_set_bit(slot, record->watches.bits, TRAFFIC_WATCHES) {
		watch = traffic_watch_at(slot);
		snapshot->watch_ids[snapshot->watches++] = watch->id;
		if (watch->id == first && watch->kind == TRAFFIC_WATCH_NAME)
			snapshot->program = watch;
	}
	if (snapshot->program)
		traffic_watch_get(snapshot->program);
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

unsigned int traffic_programs(struct traffic_program *programs)
{
	/* The place of each slot's program; too large for the stack. */
	static struct traffic_program *of[TRAFFIC_WATCHES];
	struct traffic_program *program = programs;
	struct traffic_record *record;
	struct traffic_totals totals;
	struct traffic_watch *watch;
	unsigned int slot;

	spin_lock(&traffic_lock);
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
	return program - programs;
}
