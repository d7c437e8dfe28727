// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "ledger.h"

#include <linux/binfmts.h>
#include <linux/cred.h>
#include <linux/ktime.h>
#include <linux/mempool.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "log.h"
#include "params.h"

/* Records that a fork or an exec gets when the allocator has none. */
#define RESERVED_RECORDS 64

DEFINE_SPINLOCK(traffic_lock);
struct hlist_head traffic_by_tgid[TRAFFIC_TGID_BUCKETS];

/* All under traffic_lock. */
static struct rb_root by_id = RB_ROOT;
static LIST_HEAD(running);
static LIST_HEAD(ended); /* oldest first */
static u64 last_id, last_end_seq;
static u64 nr_running, nr_ended, nr_evicted, alloc_failed;

/* A thread between "children on" and "children off". */
struct spawner {
	struct list_head list;
	struct pid *thread; /* a reference: a task's address may come again */
	unsigned int slot;
};

/* Written under traffic_lock; a fork looks at emptiness without it. */
static LIST_HEAD(spawners);

static struct kmem_cache *record_cache;
static mempool_t *record_pool;

/* ---- Records ---------------------------------------------------------- */

static struct traffic_record *alloc_record(gfp_t gfp)
{
	struct traffic_record *record;

	record = mempool_alloc(record_pool, gfp | __GFP_NOWARN);
	if (record)
		memset(record, 0, sizeof(*record));
	return record;
}

static void free_record(struct traffic_record *record)
{
	if (!record)
		return;
	free_percpu(record->counters.percpu);
	traffic_exe_put(record->process.exe);
	mempool_free(record, record_pool);
}

static void free_record_rcu(struct rcu_head *rcu)
{
	free_record(container_of(rcu, struct traffic_record, rcu));
}

static void insert_by_id(struct traffic_record *record)
{
	struct rb_node **link = &by_id.rb_node, *parent = NULL;

	/* Ids only grow, so a new record is always the rightmost. */
	while (*link) {
		parent = *link;
		link = &parent->rb_right;
	}
	rb_link_node(&record->by_id, parent, link);
	rb_insert_color(&record->by_id, &by_id);
}

static struct traffic_record *first_from(u64 id)
{
	struct traffic_record *record, *found = NULL;
	struct rb_node *node = by_id.rb_node;

	while (node) {
		record = rb_entry(node, struct traffic_record, by_id);
		if (record->process.id >= id) {
			found = record;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

/* Out of the tables; RCU frees it, since a transfer may be adding to it. */
static void remove_record(struct traffic_record *record)
{
	rb_erase(&record->by_id, &by_id);
	list_del(&record->list);
	if (record->process.state == TRAFFIC_RUNNING) {
		hlist_del_init_rcu(&record->by_tgid);
		nr_running--;
	} else {
		nr_ended--;
	}
	call_rcu(&record->rcu, free_record_rcu);
}

static void evict_oldest(void)
{
	struct traffic_record *record =
		list_first_entry(&ended, struct traffic_record, list);
	unsigned int slot;

	for_each_set_bit(slot, record->watches.bits, TRAFFIC_WATCHES) {
		traffic_watch_at(slot)->evicted++;
		traffic_watch_release(slot);
	}
	nr_evicted++;
	remove_record(record);
}

/* ---- Watches of a record ---------------------------------------------- */

static bool is_logged(const struct traffic_record *record)
{
	unsigned int slot;

	for_each_set_bit(slot, record->watches.bits, TRAFFIC_WATCHES)
		if (traffic_watch_at(slot)->owner == TRAFFIC_OWNER_MODULE)
			return true;
	return false;
}

static void add_watches(struct traffic_record *record,
			const traffic_watch_set *set)
{
	struct traffic_watch *watch;
	unsigned int slot;

	for_each_set_bit(slot, set->bits, TRAFFIC_WATCHES) {
		if (__test_and_set_bit(slot, record->watches.bits))
			continue;
		watch = traffic_watch_at(slot);
		watch->records++;
		watch->started++;
		watch->running++;
	}
	WRITE_ONCE(record->logged, is_logged(record));
}

static void finish_watch(struct traffic_watch *watch,
			 const struct traffic_totals *totals)
{
	watch->running--;
	watch->ended++;
	traffic_totals_add(&watch->done, totals);
}

/*
 * Takes the watches of @set from a record. What a running one has moved so far
 * is in their totals from then on.
 */
static void drop_watches(struct traffic_record *record,
			 const traffic_watch_set *set)
{
	struct traffic_totals totals;
	unsigned int slot;

	traffic_counters_sum(&record->counters, &totals);
	for_each_set_bit(slot, set->bits, TRAFFIC_WATCHES) {
		if (!__test_and_clear_bit(slot, record->watches.bits))
			continue;
		if (record->process.state == TRAFFIC_RUNNING)
			finish_watch(traffic_watch_at(slot), &totals);
		traffic_watch_release(slot);
	}
	WRITE_ONCE(record->logged, is_logged(record));
}

static bool has_any(const struct traffic_record *record,
		    const traffic_watch_set *set)
{
	return bitmap_intersects(record->watches.bits, set->bits,
				 TRAFFIC_WATCHES);
}

static bool has_no_watch(const struct traffic_record *record)
{
	return bitmap_empty(record->watches.bits, TRAFFIC_WATCHES);
}

static void count_missed(const traffic_watch_set *set)
{
	unsigned int slot;

	alloc_failed++;
	for_each_set_bit(slot, set->bits, TRAFFIC_WATCHES)
		traffic_watch_at(slot)->missed++;
}

/* ---- The life of a record --------------------------------------------- */

static void start_record(struct traffic_record *record,
			 struct task_struct *task,
			 const struct traffic_record *parent,
			 enum traffic_since since, const traffic_watch_set *set)
{
	struct traffic_process *process = &record->process;

	record->tgid = task_tgid_nr(task);
	process->id = ++last_id;
	process->pid = record->tgid;
	process->parent_id = parent ? parent->process.id : 0;
	process->root_id = parent ? parent->process.root_id : process->id;
	process->root_pid = parent ? parent->process.root_pid : process->pid;
	process->ppid = task_tgid_nr(rcu_dereference(task->real_parent));
	process->uid = from_kuid(&init_user_ns, task_uid(task));
	process->state = TRAFFIC_RUNNING;
	process->since = since;
	process->start_ns = ktime_get_real_ns();
	strscpy(process->comm, task->comm, sizeof(process->comm));
	add_watches(record, set);

	insert_by_id(record);
	list_add_tail(&record->list, &running);
	nr_running++;
	/* Last: from here on transfers find it. */
	hlist_add_head_rcu(&record->by_tgid, traffic_bucket(record->tgid));
}

static void unhash(struct traffic_record *record)
{
	hlist_del_init_rcu(&record->by_tgid);
}

/*
 * The counts are final: the record is unhashed, and no transfer that found it
 * before can be under way. @percpu is for the caller to free after the unlock.
 */
static void end_record(struct traffic_record *record, enum traffic_state state,
		       int wait_status, struct traffic_totals *totals,
		       struct traffic_totals __percpu **percpu)
{
	struct traffic_process *process = &record->process;
	unsigned int slot;

	*percpu = traffic_counters_fold(&record->counters);
	traffic_counters_sum(&record->counters, totals);
	process->state = state;
	process->wait_status = wait_status;
	process->end_ns = ktime_get_real_ns();
	process->end_seq = ++last_end_seq;
	for_each_set_bit(slot, record->watches.bits, TRAFFIC_WATCHES)
		finish_watch(traffic_watch_at(slot), totals);

	list_move_tail(&record->list, &ended);
	nr_running--;
	nr_ended++;
	while (nr_ended > params_history)
		evict_oldest();
}

void traffic_ledger_exec(struct task_struct *task, struct linux_binprm *bprm)
{
	struct traffic_record *record, *spare = NULL;
	struct traffic_exe *exe, *old_exe = NULL;
	struct traffic_image image;
	traffic_watch_set found;
	bool announce = false;
	unsigned int slot;

	traffic_image_of(&image, bprm);
	if (traffic_watch_matches(&image))
		spare = alloc_record(GFP_NOWAIT);
	else if (!traffic_maybe_target(task_tgid_nr(task)))
		return;
	exe = traffic_image_exe(&image);

	rcu_read_lock();
	spin_lock(&traffic_lock);
	traffic_watch_match(&image, &found);
	record = traffic_find(task_tgid_nr(task));
	if (record) {
		add_watches(record, &found);
	} else if (!bitmap_empty(found.bits, TRAFFIC_WATCHES)) {
		record = spare;
		spare = NULL;
		if (record)
			start_record(record, task, NULL, TRAFFIC_SINCE_EXEC,
				     &found);
		else
			count_missed(&found);
	}
	if (record) {
		strscpy(record->process.comm, task->comm,
			sizeof(record->process.comm));
		old_exe = record->process.exe;
		record->process.exe = exe;
		exe = NULL;
		for_each_set_bit(slot, found.bits, TRAFFIC_WATCHES)
			announce |= traffic_watch_at(slot)->owner ==
				    TRAFFIC_OWNER_MODULE;
	}
	spin_unlock(&traffic_lock);
	rcu_read_unlock();

	if (announce)
		traffic_log_exec(image.name, task_tgid_nr(task));
	traffic_exe_put(old_exe);
	traffic_exe_put(exe);
	free_record(spare);
}

static void add_spawner_watches(traffic_watch_set *set)
{
	struct spawner *spawner;

	list_for_each_entry(spawner, &spawners, list)
		if (spawner->thread == task_pid(current))
			__set_bit(spawner->slot, set->bits);
}

void traffic_ledger_fork(struct task_struct *parent, struct task_struct *child)
{
	struct traffic_record *record, *spare;
	traffic_watch_set set = {};
	pid_t tgid = task_tgid_nr(parent);

	if (!traffic_maybe_target(tgid) && list_empty_careful(&spawners))
		return;
	/* A new thread: what it moves is its process's. */
	if (task_tgid_nr(child) == tgid)
		return;

	spare = alloc_record(GFP_NOWAIT);
	rcu_read_lock();
	spin_lock(&traffic_lock);
	record = traffic_find(tgid);
	if (record)
		traffic_watch_following(&record->watches, &set);
	add_spawner_watches(&set);
	if (!bitmap_empty(set.bits, TRAFFIC_WATCHES)) {
		if (spare) {
			struct traffic_exe *exe = record ? record->process.exe :
							   NULL;

			if (exe)
				refcount_inc(&exe->refs);
			spare->process.exe = exe;
			start_record(spare, child, record, TRAFFIC_SINCE_FORK,
				     &set);
			spare = NULL;
		} else {
			count_missed(&set);
			if (record)
				__set_bit(TRAFFIC_CHILD_LOST,
					  &record->process.reasons);
		}
	}
	spin_unlock(&traffic_lock);
	rcu_read_unlock();
	free_record(spare);
}

void traffic_ledger_exit(struct task_struct *task)
{
	struct traffic_totals __percpu *percpu = NULL;
	pid_t tgid = task_tgid_nr(task);
	struct traffic_record *record;
	struct traffic_totals totals;
	bool logged = false, by_exec = false;

	if (!traffic_maybe_target(tgid))
		return;
	spin_lock(&traffic_lock);
	record = traffic_find(tgid);
	if (record) {
		logged = record->logged;
		by_exec = record->process.since != TRAFFIC_SINCE_FORK;
		unhash(record);
		end_record(record, TRAFFIC_EXITED,
			   task->signal->group_exit_code, &totals, &percpu);
	}
	spin_unlock(&traffic_lock);
	free_percpu(percpu);
	if (logged)
		traffic_log_exit(tgid, by_exec, &totals);
}

/* ---- What owners ask for ---------------------------------------------- */

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

int traffic_ledger_watch(unsigned int owner, const char *name, bool follow)
{
	int slot = get_watch(owner, TRAFFIC_WATCH_NAME, name, follow);

	if (slot < 0)
		return slot;
	if (owner == TRAFFIC_OWNER_MODULE)
		traffic_log_watched(name);
	return 0;
}

int traffic_ledger_unwatch(unsigned int owner, const char *name)
{
	int slot;

	spin_lock(&traffic_lock);
	slot = traffic_watch_find(owner, TRAFFIC_WATCH_NAME, name);
	if (slot >= 0 && traffic_watch_at(slot)->matching)
		traffic_watch_retire(slot);
	else
		slot = -ENOENT;
	spin_unlock(&traffic_lock);
	return slot < 0 ? slot : 0;
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

int traffic_ledger_attach(unsigned int owner, pid_t pid, bool follow)
{
	struct traffic_record *record, *spare;
	traffic_watch_set set = {}, own;
	struct task_struct *task;
	int slot, err = 0;

	task = get_process(pid);
	if (!task)
		return -ESRCH;
	err = -EINVAL;
	if (task->flags & PF_KTHREAD)
		goto out_put;
	err = -ESRCH;
	if (!atomic_read(&task->signal->live))
		goto out_put;
	spare = alloc_record(GFP_KERNEL);
	slot = get_watch(owner, TRAFFIC_WATCH_ATTACH, "", follow);
	err = slot;
	if (slot < 0)
		goto out_free;
	__set_bit(slot, set.bits);

	err = 0;
	rcu_read_lock();
	spin_lock(&traffic_lock);
	record = traffic_find(pid);
	traffic_watch_of_owner(owner, &own);
	if (record && has_any(record, &own)) {
		err = -EEXIST;
	} else if (record) {
		add_watches(record, &set);
	} else {
		record = spare;
		spare = NULL;
		__set_bit(TRAFFIC_ATTACHED, &record->process.reasons);
		start_record(record, task, NULL, TRAFFIC_SINCE_ATTACH, &set);
	}
	spin_unlock(&traffic_lock);
	rcu_read_unlock();

	/*
	 * A process that died meanwhile may have passed its exit probe before
	 * the record could be found. Either that probe saw the record or the
	 * count of live threads is seen at zero here; both is harmless.
	 */
	smp_mb();
	if (!err && owner == TRAFFIC_OWNER_MODULE)
		traffic_log_attached(pid);
	if (!err && !atomic_read(&task->signal->live)) {
		preempt_disable();
		traffic_ledger_exit(task);
		preempt_enable();
	}
out_free:
	free_record(spare);
out_put:
	put_task_struct(task);
	return err;
}

int traffic_ledger_detach(unsigned int owner, pid_t pid)
{
	struct traffic_totals __percpu *percpu = NULL;
	struct traffic_record *record;
	struct traffic_totals totals;
	traffic_watch_set own;
	bool last;

	spin_lock(&traffic_lock);
	traffic_watch_of_owner(owner, &own);
	record = traffic_find(pid);
	if (!record || !has_any(record, &own)) {
		spin_unlock(&traffic_lock);
		return -ESRCH;
	}
	last = bitmap_subset(record->watches.bits, own.bits, TRAFFIC_WATCHES);
	if (last)
		unhash(record);
	else
		drop_watches(record, &own);
	spin_unlock(&traffic_lock);
	if (!last)
		return 0;

	/* A transfer that found the record before the unhash may still add. */
	synchronize_rcu();
	spin_lock(&traffic_lock);
	end_record(record, TRAFFIC_DETACHED, 0, &totals, &percpu);
	spin_unlock(&traffic_lock);
	free_percpu(percpu);
	return 0;
}

static void free_spawners(struct list_head *gone)
{
	struct spawner *spawner, *next;

	list_for_each_entry_safe(spawner, next, gone, list) {
		put_pid(spawner->thread);
		kfree(spawner);
	}
}

int traffic_ledger_children(unsigned int owner, bool on)
{
	struct spawner *spawner, *next, *added = NULL;
	LIST_HEAD(gone);
	int slot = 0;

	if (on) {
		slot = get_watch(owner, TRAFFIC_WATCH_CHILDREN, "", true);
		if (slot < 0)
			return slot;
		added = kmalloc(sizeof(*added), GFP_KERNEL);
		if (!added)
			return -ENOMEM;
		added->thread = get_task_pid(current, PIDTYPE_PID);
		added->slot = slot;
	}
	spin_lock(&traffic_lock);
	list_for_each_entry_safe(spawner, next, &spawners, list)
		if (spawner->thread == task_pid(current) &&
		    traffic_watch_at(spawner->slot)->owner == owner)
			list_move(&spawner->list, &gone);
	if (added)
		list_add(&added->list, &spawners);
	spin_unlock(&traffic_lock);
	free_spawners(&gone);
	return 0;
}

void traffic_ledger_clear(unsigned int owner, u64 end_seq)
{
	struct traffic_record *record, *next;
	traffic_watch_set own;

	spin_lock(&traffic_lock);
	traffic_watch_of_owner(owner, &own);
	list_for_each_entry_safe(record, next, &ended, list) {
		if (record->process.end_seq > end_seq)
			break;
		if (!has_any(record, &own))
			continue;
		drop_watches(record, &own);
		if (has_no_watch(record))
			remove_record(record);
	}
	spin_unlock(&traffic_lock);
}

void traffic_ledger_close_owner(unsigned int owner)
{
	struct traffic_record *record, *next;
	struct spawner *spawner, *next_spawner;
	traffic_watch_set own;
	unsigned int slot;
	LIST_HEAD(gone);

	spin_lock(&traffic_lock);
	traffic_watch_of_owner(owner, &own);
	list_for_each_entry_safe(spawner, next_spawner, &spawners, list)
		if (test_bit(spawner->slot, own.bits))
			list_move(&spawner->list, &gone);
	list_for_each_entry_safe(record, next, &running, list) {
		drop_watches(record, &own);
		if (has_no_watch(record))
			remove_record(record);
	}
	list_for_each_entry_safe(record, next, &ended, list) {
		drop_watches(record, &own);
		if (has_no_watch(record))
			remove_record(record);
	}
	for_each_set_bit(slot, own.bits, TRAFFIC_WATCHES)
		traffic_watch_retire(slot);
	spin_unlock(&traffic_lock);
	free_spawners(&gone);
}

void traffic_ledger_detach_all(void)
{
	struct traffic_totals __percpu *percpu;
	struct traffic_record *record;
	struct traffic_totals totals;

	spin_lock(&traffic_lock);
	list_for_each_entry(record, &running, list)
		unhash(record);
	spin_unlock(&traffic_lock);
	synchronize_rcu();

	for (;;) {
		spin_lock(&traffic_lock);
		record = list_first_entry_or_null(&running,
						  struct traffic_record, list);
		if (record)
			end_record(record, TRAFFIC_DETACHED, 0, &totals,
				   &percpu);
		spin_unlock(&traffic_lock);
		if (!record)
			break;
		free_percpu(percpu);
	}
}

/* ---- For readers ------------------------------------------------------ */

static void take_snapshot(struct traffic_record *record,
			  struct traffic_snapshot *snapshot)
{
	struct traffic_watch *watch;
	unsigned int slot;

	snapshot->process = record->process;
	if (snapshot->process.exe)
		refcount_inc(&snapshot->process.exe->refs);
	traffic_counters_sum(&record->counters, &snapshot->totals);

	snapshot->program = NULL;
	snapshot->owners = 0;
	snapshot->watches = 0;
	for_each_set_bit(slot, record->watches.bits, TRAFFIC_WATCHES) {
		watch = traffic_watch_at(slot);
		snapshot->owners |= BIT_ULL(watch->owner);
		snapshot->watch_ids[snapshot->watches++] = watch->id;
		if (watch->kind == TRAFFIC_WATCH_NAME &&
		    (!snapshot->program || watch->id < snapshot->program->id))
			snapshot->program = watch;
	}
	if (snapshot->program)
		traffic_watch_get(snapshot->program);
}

bool traffic_snapshot_from(u64 id, struct traffic_snapshot *snapshot)
{
	struct traffic_record *record;

	spin_lock(&traffic_lock);
	record = first_from(id);
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
	list_for_each_entry(record, &running, list) {
		traffic_counters_sum(&record->counters, &totals);
		for_each_set_bit(slot, record->watches.bits, TRAFFIC_WATCHES)
			traffic_totals_add(&of[slot]->totals, &totals);
	}
	spin_unlock(&traffic_lock);
	return program - programs;
}

void traffic_ledger_stats(struct traffic_ledger_stats *stats)
{
	spin_lock(&traffic_lock);
	stats->running = nr_running;
	stats->ended = nr_ended;
	stats->evicted = nr_evicted;
	stats->alloc_failed = alloc_failed;
	stats->watches = traffic_watch_count();
	spin_unlock(&traffic_lock);
}

int traffic_ledger_init(void)
{
	int err = traffic_image_init();

	if (err)
		return err;
	err = -ENOMEM;
	record_cache = KMEM_CACHE(traffic_record, SLAB_HWCACHE_ALIGN);
	if (!record_cache)
		goto out_image;
	record_pool = mempool_create_slab_pool(RESERVED_RECORDS, record_cache);
	if (!record_pool)
		goto out_cache;
	return 0;

out_cache:
	kmem_cache_destroy(record_cache);
out_image:
	traffic_image_exit();
	return err;
}

void traffic_ledger_exit_all(void)
{
	struct traffic_record *record, *next;

	/* Callbacks of call_rcu() are in our text and use the pool. */
	rcu_barrier();
	rbtree_postorder_for_each_entry_safe(record, next, &by_id, by_id)
		free_record(record);
	free_spawners(&spawners);
	traffic_watch_exit();
	mempool_destroy(record_pool);
	kmem_cache_destroy(record_cache);
	traffic_image_exit();
}
