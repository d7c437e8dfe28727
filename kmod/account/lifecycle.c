// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "account/lifecycle.h"

#include <linux/binfmts.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>

#include "ledger/ledger.h"
#include "ledger/spawner.h"
#include "ledger/trace.h"
#include "lock.h"
#include "log.h"

static struct traffic_exe *exe_share(struct traffic_exe *exe)
{
	if (exe)
		refcount_inc(&exe->refs);
	return exe;
}

static void record_set_image(struct traffic_record *record,
			     struct task_struct *task, struct traffic_exe *exe)
	__must_hold(&traffic_lock)
{
	struct traffic_process *process = &record->process;

	lockdep_assert_held(&traffic_lock);
	strscpy(process->comm, task->comm, sizeof(process->comm));
	traffic_exe_put(process->exe);
	process->exe = exe_share(exe);
}

/*
 * @record is already used by some owners. Moves their watches from @from to
 * @own.
 */
static void watches_take_own(struct traffic_watch_set *own,
			     struct traffic_watch_set *from,
			     const struct traffic_record *record)
	__must_hold(&traffic_lock)
{
	u64 owners = traffic_watch_owners(&record->watches);

	lockdep_assert_held(&traffic_lock);
	traffic_watch_of_owners(owners, from, own);
	bitmap_andnot(from->bits, from->bits, own->bits, TRAFFIC_WATCHES);
}

static void trace_exec_of(pid_t tgid, const char *name)
	__must_hold(&traffic_lock)
{
	const struct traffic_record *record;

	lockdep_assert_held(&traffic_lock);
	if (!trace_exec_enabled())
		return;
	record = traffic_record_of(tgid);
	if (record)
		trace_exec(tgid, traffic_record_program(record), name);
}

void traffic_exec(struct task_struct *task, struct linux_binprm *bprm)
{
	pid_t tgid = task_tgid_nr(task);
	struct traffic_record *record;
	struct traffic_match match;
	struct traffic_image image;
	struct traffic_exe *exe;
	struct traffic_watch_set own;
	bool announce;

	traffic_image_of(&image, bprm);
	if (!traffic_watch_match(&image, &match) && !traffic_maybe_target(tgid))
		return;
	exe = traffic_image_exe(&image);

	spin_lock(&traffic_lock);
	traffic_watch_confirm(&match);
	announce = traffic_watch_owners(&match.found) &
		   BIT_ULL(TRAFFIC_OWNER_MODULE);
	/* The owners that have a record of the process keep using it. */
	traffic_for_each_record_of(record, tgid) {
		record_set_image(record, task, exe);
		watches_take_own(&own, &match.found, record);
		traffic_record_add_watches(record, &own);
	}
	/* The other owners get a new record. */
	if (!bitmap_empty(match.found.bits, TRAFFIC_WATCHES)) {
		record = traffic_record_start(task, NULL, TRAFFIC_SINCE_EXEC,
					      &match.found);
		if (record)
			record_set_image(record, task, exe);
	}
	trace_exec_of(tgid, image.name);
	spin_unlock(&traffic_lock);

	traffic_exe_put(exe);
	if (announce)
		traffic_log_exec(image.name, tgid);
}

/*
 * A child can be attached as soon as its pid is visible, which is before the
 * probe of its fork runs. The child has not run yet, so nothing was counted:
 * the record of the fork replaces the one of the attach.
 */
static void records_forget_attached(struct task_struct *child,
				    const struct traffic_watch_set *watches)
	__must_hold(&traffic_lock)
{
	u64 owners = traffic_watch_owners(watches);
	struct traffic_record *record;
	struct traffic_watch_set own;

	lockdep_assert_held(&traffic_lock);
	traffic_for_each_record_of(record, task_tgid_nr(child)) {
		traffic_watch_of_owners(owners, &record->watches, &own);
		if (traffic_record_has_any(record, &own) &&
		    traffic_record_drop_watches(record, &own))
			traffic_record_remove(record);
	}
}

static void record_fork(struct task_struct *child,
			struct traffic_record *parent,
			const struct traffic_watch_set *watches)
	__must_hold(&traffic_lock)
{
	struct traffic_record *record;

	lockdep_assert_held(&traffic_lock);
	if (bitmap_empty(watches->bits, TRAFFIC_WATCHES))
		return;
	records_forget_attached(child, watches);
	record = traffic_record_start(child, parent, TRAFFIC_SINCE_FORK,
				      watches);
	if (record && parent)
		record->process.exe = exe_share(parent->process.exe);
}

void traffic_fork(struct task_struct *parent, struct task_struct *child)
{
	struct traffic_watch_set spawned, own, watches;
	pid_t tgid = task_tgid_nr(parent);
	struct traffic_record *record;

	if (!traffic_maybe_target(tgid) && !traffic_spawners_exist())
		return;
	/* A new thread is counted with its process. */
	if (task_tgid_nr(child) == tgid)
		return;

	spin_lock(&traffic_lock);
	traffic_spawner_watches(&spawned);
	traffic_for_each_record_of(record, tgid) {
		traffic_watch_following(&record->watches, &watches);
		watches_take_own(&own, &spawned, record);
		bitmap_or(watches.bits, watches.bits, own.bits,
			  TRAFFIC_WATCHES);
		record_fork(child, record, &watches);
	}
	record_fork(child, NULL, &spawned);
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
	traffic_for_each_record_of(record, tgid) {
		if (record->logged) {
			logged = true;
			always = record->process.since != TRAFFIC_SINCE_FORK;
			traffic_counters_sum(&record->counters, &totals);
		}
		/* No thread of the process is in a transfer any longer. */
		traffic_record_unhash(record);
		traffic_record_end(record, TRAFFIC_EXITED,
				   task->signal->group_exit_code);
	}
	spin_unlock(&traffic_lock);
	if (logged)
		traffic_log_exit(tgid, always,
				 traffic_totals_sum(&totals, TRAFFIC_RX).bytes,
				 traffic_totals_sum(&totals, TRAFFIC_TX).bytes);
}
