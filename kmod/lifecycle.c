// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "lifecycle.h"

#include <linux/binfmts.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>

#include "ledger.h"
#include "log.h"
#include "spawner.h"

static struct traffic_exe *share(struct traffic_exe *exe)
{
	if (exe)
		refcount_inc(&exe->refs);
	return exe;
}

static void set_image(struct traffic_record *record, struct task_struct *task,
		      struct traffic_exe *exe)
{
	struct traffic_process *process = &record->process;

	strscpy(process->comm, task->comm, sizeof(process->comm));
	traffic_exe_put(process->exe);
	process->exe = share(exe);
}

/* Of a set, what belongs to the owners that have the record; taken out of it. */
static void take_own(traffic_watch_set *own, traffic_watch_set *from,
		     const struct traffic_record *record)
{
	u64 owners = traffic_watch_owners(&record->watches);

	traffic_watch_of_owners(owners, from, own);
	bitmap_andnot(from->bits, from->bits, own->bits, TRAFFIC_WATCHES);
}

void traffic_exec(struct task_struct *task, struct linux_binprm *bprm)
{
	pid_t tgid = task_tgid_nr(task);
	traffic_watch_set found, own;
	struct traffic_record *record;
	struct traffic_image image;
	struct traffic_exe *exe;
	bool announce;

	traffic_image_of(&image, bprm);
	if (!traffic_watch_matches(&image) && !traffic_maybe_target(tgid))
		return;
	exe = traffic_image_exe(&image);

	spin_lock(&traffic_lock);
	traffic_watch_match(&image, &found);
	announce = traffic_watch_owners(&found) & BIT_ULL(TRAFFIC_OWNER_MODULE);
	/* Who has a record of the process goes on with it, */
	traffic_for_each_of(record, tgid)
	{
		set_image(record, task, exe);
		take_own(&own, &found, record);
		traffic_record_add_watches(record, &own);
	}
	/* and the others begin one. */
	if (!bitmap_empty(found.bits, TRAFFIC_WATCHES)) {
		record = traffic_record_start(task, NULL, TRAFFIC_SINCE_EXEC,
					      &found);
		if (record)
			set_image(record, task, exe);
	}
	spin_unlock(&traffic_lock);

	traffic_exe_put(exe);
	if (announce)
		traffic_log_exec(image.name, tgid);
}

static void fork_record(struct task_struct *child,
			struct traffic_record *parent,
			const traffic_watch_set *watches)
{
	struct traffic_record *record;

	if (bitmap_empty(watches->bits, TRAFFIC_WATCHES))
		return;
	record = traffic_record_start(child, parent, TRAFFIC_SINCE_FORK,
				      watches);
	if (record && parent)
		record->process.exe = share(parent->process.exe);
}

void traffic_fork(struct task_struct *parent, struct task_struct *child)
{
	traffic_watch_set spawned, own, watches;
	pid_t tgid = task_tgid_nr(parent);
	struct traffic_record *record;

	if (!traffic_maybe_target(tgid) && !traffic_spawners_exist())
		return;
	/* A new thread: what it moves is its process's. */
	if (task_tgid_nr(child) == tgid)
		return;

	spin_lock(&traffic_lock);
	traffic_spawner_watches(&spawned);
	traffic_for_each_of(record, tgid)
	{
		traffic_watch_following(&record->watches, &watches);
		take_own(&own, &spawned, record);
		bitmap_or(watches.bits, watches.bits, own.bits,
			  TRAFFIC_WATCHES);
		fork_record(child, record, &watches);
	}
	fork_record(child, NULL, &spawned);
	spin_unlock(&traffic_lock);
}

void traffic_exit_process(struct task_struct *task)
{
	pid_t tgid = task_tgid_nr(task);
	bool logged = false, always = false;
	struct traffic_record *record;
	struct traffic_totals totals;

	if (!traffic_maybe_target(tgid))
		return;
	spin_lock(&traffic_lock);
	traffic_for_each_of(record, tgid)
	{
		if (record->logged) {
			logged = true;
			always = record->process.since != TRAFFIC_SINCE_FORK;
			traffic_counters_sum(&record->counters, &totals);
		}
		/* Nothing of the process is transferring any more. */
		traffic_record_unhash(record);
		traffic_record_end(record, TRAFFIC_EXITED,
				   task->signal->group_exit_code);
	}
	spin_unlock(&traffic_lock);
	if (logged)
		traffic_log_exit(tgid, always, &totals);
}
