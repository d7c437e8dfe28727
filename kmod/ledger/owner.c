// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "ledger/owner.h"

#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "ledger/ledger.h"
#include "log.h"
#include "ledger/spawner.h"

/* The slot of the owner's watch, made if it is not there; or an error. */
static int get_watch(unsigned int owner, enum traffic_watch_kind kind,
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
	int slot = get_watch(owner, TRAFFIC_WATCH_NAME, name, follow);

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

/* The owner's running record of a process, or NULL. Under traffic_lock. */
static struct traffic_record *record_of(const struct traffic_watch_set *owned,
					pid_t pid)
{
	struct traffic_record *record;

	traffic_for_each_of(record, pid)
		if (traffic_record_has_any(record, owned))
			return record;
	return NULL;
}

static struct task_struct *get_process(pid_t pid)
{
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(find_pid_ns(pid, &init_pid_ns), PIDTYPE_TGID);
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	return task;
}

static bool is_attached(unsigned int owner, pid_t pid)
{
	struct traffic_watch_set owned;
	bool found;

	spin_lock(&traffic_lock);
	traffic_watch_of_owner(owner, &owned);
	found = record_of(&owned, pid);
	spin_unlock(&traffic_lock);
	return found;
}

static int start_attached(unsigned int owner, struct task_struct *task,
			  const struct traffic_watch_set *watches)
{
	struct traffic_record *record;
	struct traffic_watch_set owned;

	/* Reaped, or no leader any more after another thread's exec. */
	if (!pid_alive(task))
		return -EAGAIN;
	traffic_watch_of_owner(owner, &owned);
	/* Its fork, or an exec, was quicker. */
	if (record_of(&owned, task_tgid_nr(task)))
		return -EEXIST;
	record =
		traffic_record_start(task, NULL, TRAFFIC_SINCE_ATTACH, watches);
	if (!record)
		return -ENOMEM;
	set_bit(TRAFFIC_ATTACHED, &record->process.reasons);
	/*
	 * A process that is dying may have passed its exit probe before the
	 * record could be found. Either that probe is still to come or the
	 * count of live threads is seen at zero here.
	 */
	smp_mb();
	if (!atomic_read(&task->signal->live)) {
		traffic_record_unhash(record);
		traffic_record_end(record, TRAFFIC_EXITED,
				   task->signal->group_exit_code);
	}
	return 0;
}

static int attach(unsigned int owner, struct task_struct *task, bool follow)
{
	struct traffic_watch_set set = {};
	int slot, err;

	if (task->flags & PF_KTHREAD)
		return -EINVAL;
	if (is_attached(owner, task_tgid_nr(task)))
		return -EEXIST;
	slot = get_watch(owner, TRAFFIC_WATCH_ATTACH, "", follow);
	if (slot < 0)
		return slot;
	__set_bit(slot, set.bits);

	rcu_read_lock();
	spin_lock(&traffic_lock);
	err = start_attached(owner, task, &set);
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
		task = get_process(pid);
		if (!task)
			break;
		/* Not a zombie, which would be a record that ends at once. */
		if (atomic_read(&task->signal->live))
			err = attach(owner, task, follow);
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
	record = record_of(&owned, pid);
	if (!record) {
		spin_unlock(&traffic_lock);
		return -ESRCH;
	}
	last = bitmap_subset(record->watches.bits, owned.bits, TRAFFIC_WATCHES);
	if (last) {
		traffic_record_unhash(record);
		record->goes_on = traffic_find_from(traffic_first_at(pid), pid);
	} else {
		traffic_record_drop_watches(record, &owned);
	}
	spin_unlock(&traffic_lock);
	if (!last)
		return 0;

	/* A transfer that found the record before the unhash may still add. */
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
	slot = get_watch(owner, TRAFFIC_WATCH_CHILDREN, "", true);
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

static void close_records(struct list_head *list,
			  const struct traffic_watch_set *owned)
{
	struct traffic_record *record, *next;

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
	close_records(&traffic_running, &owned);
	close_records(&traffic_ended, &owned);
	for_each_set_bit(slot, owned.bits, TRAFFIC_WATCHES)
		if (traffic_watch_at(slot))
			traffic_watch_close(slot);
	spin_unlock(&traffic_lock);
}

void traffic_detach_all(void)
{
	struct traffic_record *record;

	spin_lock(&traffic_lock);
	list_for_each_entry(record, &traffic_running, list)
		traffic_record_unhash(record);
	spin_unlock(&traffic_lock);
	/* Whoever found one before. */
	synchronize_rcu();

	spin_lock(&traffic_lock);
	while ((record = list_first_entry_or_null(&traffic_running,
						  struct traffic_record, list)))
		traffic_record_end(record, TRAFFIC_DETACHED, 0);
	spin_unlock(&traffic_lock);
}
