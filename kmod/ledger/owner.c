// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "ledger/owner.h"

#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "ledger/ledger.h"
#include "ledger/spawner.h"
#include "lock.h"
#include "log.h"

/* Returns the slot of the owner's watch, which is created if needed. */
static int watch_get_or_insert(unsigned int owner, enum traffic_watch_kind kind,
			       const char *name, bool follow)
{
	struct traffic_watch *watch;
	int slot;

	watch = traffic_watch_alloc(owner, kind, name, follow);
	if (!watch)
		return -ENOMEM;
	spin_lock(&traffic_lock);
	slot = traffic_watch_find(owner, kind, name);
	if (slot >= 0) {
		traffic_watch_renew(slot, follow);
	} else {
		slot = traffic_watch_insert(watch);
		if (slot >= 0)
			watch = NULL;
	}
	spin_unlock(&traffic_lock);
	traffic_watch_put(watch);
	return slot;
}

int traffic_owner_watch(unsigned int owner, const char *name, bool follow)
{
	int slot = watch_get_or_insert(owner, TRAFFIC_WATCH_NAME, name, follow);

	if (slot < 0)
		return slot;
	if (owner == TRAFFIC_OWNER_MODULE)
		traffic_log_watched(name);
	return 0;
}

int traffic_owner_unwatch(unsigned int owner, const char *name)
{
	int slot, err = 0;

	spin_lock(&traffic_lock);
	slot = traffic_watch_find(owner, TRAFFIC_WATCH_NAME, name);
	if (slot >= 0 && traffic_watch_at(slot)->matching)
		traffic_watch_retire(slot);
	else
		err = -ENOENT;
	spin_unlock(&traffic_lock);
	return err;
}

/* The owner's running record of a process, or NULL. */
static struct traffic_record *
owner_record(const struct traffic_watch_set *owned, pid_t pid)
	__must_hold(&traffic_lock)
{
	struct traffic_record *record;

	lockdep_assert_held(&traffic_lock);
	traffic_for_each_record_of(record, pid)
		if (traffic_record_has_any(record, owned))
			return record;
	return NULL;
}

static struct task_struct *process_get(pid_t pid)
{
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(find_pid_ns(pid, &init_pid_ns), PIDTYPE_TGID);
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	return task;
}

static bool owner_has_attached(unsigned int owner, pid_t pid)
{
	struct traffic_watch_set owned;
	bool found;

	spin_lock(&traffic_lock);
	traffic_watch_of_owner(owner, &owned);
	found = owner_record(&owned, pid);
	spin_unlock(&traffic_lock);
	return found;
}

static int record_start_attached(unsigned int owner, struct task_struct *task,
				 const struct traffic_watch_set *watches)
	__must_hold(&traffic_lock)
{
	struct traffic_record *record;
	struct traffic_watch_set owned;

	lockdep_assert_held(&traffic_lock);
	/* The task was reaped, or another thread became the leader by exec. */
	if (!pid_alive(task))
		return -EAGAIN;
	traffic_watch_of_owner(owner, &owned);
	/* The probe of a fork or an exec may have begun a record meanwhile. */
	if (owner_record(&owned, task_tgid_nr(task)))
		return -EEXIST;
	record =
		traffic_record_start(task, NULL, TRAFFIC_SINCE_ATTACH, watches);
	if (!record)
		return -ENOMEM;
	set_bit(TRAFFIC_ATTACHED, &record->process.reasons);
	/*
	 * A dying process may have run its exit probe before the record was
	 * hashed. The barrier orders the hashing before the read of ->live. It
	 * pairs with the atomic_dec_and_test() of ->live in do_exit(), which
	 * comes before the probe: either the probe finds the record, or this
	 * read sees zero.
	 */
	smp_mb();
	if (!atomic_read(&task->signal->live)) {
		traffic_record_unhash(record);
		traffic_record_end(record, TRAFFIC_EXITED,
				   task->signal->group_exit_code);
	}
	return 0;
}

static int process_attach(unsigned int owner, struct task_struct *task,
			  bool follow)
{
	struct traffic_watch_set set = {};
	int slot, err;

	if (task->flags & PF_KTHREAD)
		return -EINVAL;
	if (owner_has_attached(owner, task_tgid_nr(task)))
		return -EEXIST;
	slot = watch_get_or_insert(owner, TRAFFIC_WATCH_ATTACH, "", follow);
	if (slot < 0)
		return slot;
	__set_bit(slot, set.bits);

	rcu_read_lock();
	spin_lock(&traffic_lock);
	err = record_start_attached(owner, task, &set);
	spin_unlock(&traffic_lock);
	rcu_read_unlock();
	if (!err && owner == TRAFFIC_OWNER_MODULE)
		traffic_log_attached(task_tgid_nr(task));
	return err;
}

int traffic_owner_attach(unsigned int owner, pid_t pid, bool follow)
{
	struct task_struct *task;
	int err;

	do {
		err = -ESRCH;
		task = process_get(pid);
		if (!task)
			break;
		/* A zombie is not attached: its record would end at once. */
		if (atomic_read(&task->signal->live))
			err = process_attach(owner, task, follow);
		put_task_struct(task);
	} while (err == -EAGAIN);
	return err;
}

int traffic_owner_detach(unsigned int owner, pid_t pid)
{
	struct traffic_record *record;
	struct traffic_watch_set owned;
	bool last;

	spin_lock(&traffic_lock);
	traffic_watch_of_owner(owner, &owned);
	record = owner_record(&owned, pid);
	if (!record) {
		spin_unlock(&traffic_lock);
		return -ESRCH;
	}
	last = bitmap_subset(record->watches.bits, owned.bits, TRAFFIC_WATCHES);
	if (last) {
		traffic_record_unhash(record);
		record->still_counted = traffic_record_of(pid);
	} else {
		traffic_record_drop_watches(record, &owned);
	}
	spin_unlock(&traffic_lock);
	if (!last)
		return 0;

	/* Wait for transfers that found the record before it was unhashed. */
	synchronize_rcu();
	spin_lock(&traffic_lock);
	traffic_record_end(record, TRAFFIC_DETACHED, 0);
	spin_unlock(&traffic_lock);
	return 0;
}

int traffic_owner_children(unsigned int owner, bool on)
{
	int slot;

	if (!on) {
		traffic_spawner_off(owner);
		return 0;
	}
	slot = watch_get_or_insert(owner, TRAFFIC_WATCH_CHILDREN, "", true);
	return slot < 0 ? slot : traffic_spawner_on(owner, slot);
}

void traffic_owner_clear(unsigned int owner, u64 end_seq)
{
	struct traffic_record *record, *next;
	struct traffic_watch_set owned;

	spin_lock(&traffic_lock);
	traffic_watch_of_owner(owner, &owned);
	list_for_each_entry_safe(record, next, &traffic_ended, list) {
		if (record->process.end_seq > end_seq)
			break;
		if (traffic_record_has_any(record, &owned) &&
		    traffic_record_drop_watches(record, &owned))
			traffic_record_remove(record);
	}
	spin_unlock(&traffic_lock);
}

static void records_close(struct list_head *list,
			  const struct traffic_watch_set *owned)
	__must_hold(&traffic_lock)
{
	struct traffic_record *record, *next;

	lockdep_assert_held(&traffic_lock);
	list_for_each_entry_safe(record, next, list, list)
		if (traffic_record_has_any(record, owned) &&
		    traffic_record_drop_watches(record, owned))
			traffic_record_remove(record);
}

void traffic_owner_close(unsigned int owner)
{
	struct traffic_watch_set owned;
	unsigned int slot;

	traffic_spawner_close_owner(owner);
	spin_lock(&traffic_lock);
	traffic_watch_of_owner(owner, &owned);
	records_close(&traffic_running, &owned);
	records_close(&traffic_ended, &owned);
	for_each_set_bit(slot, owned.bits, TRAFFIC_WATCHES)
		if (traffic_watch_at(slot))
			traffic_watch_close(slot);
	spin_unlock(&traffic_lock);
}

void traffic_records_detach_all(void)
{
	struct traffic_record *record;

	spin_lock(&traffic_lock);
	list_for_each_entry(record, &traffic_running, list)
		traffic_record_unhash(record);
	spin_unlock(&traffic_lock);
	/* Wait for transfers that found a record before it was unhashed. */
	synchronize_rcu();

	spin_lock(&traffic_lock);
	while ((record = list_first_entry_or_null(&traffic_running,
						  struct traffic_record, list)))
		traffic_record_end(record, TRAFFIC_DETACHED, 0);
	spin_unlock(&traffic_lock);
}
