// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "ledger/ledger.h"

#include <linux/cred.h>
#include <linux/ktime.h>
#include <linux/mempool.h>
#include <linux/pid.h>
#include <linux/slab.h>

#include "params.h"
#include "ledger/trace.h"

/* Records that a fork or an exec gets when the allocator has none. */
#define RESERVED_RECORDS 64

DEFINE_SPINLOCK(traffic_lock);
struct hlist_head traffic_by_tgid[TRAFFIC_TGID_BUCKETS];
LIST_HEAD(traffic_running);
LIST_HEAD(traffic_ended);

static struct rb_root by_id = RB_ROOT;
static u64 last_id, last_end_seq, evicted_seq;
static u64 nr_running, nr_ended, nr_evicted, alloc_failed;

static struct kmem_cache *record_cache;
static mempool_t *record_pool;

/* ---- Memory and order ------------------------------------------------- */

static void free_record(struct traffic_record *record)
{
	free_percpu(record->counters.percpu);
	traffic_flows_free(&record->flows);
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

struct traffic_record *traffic_record_from(u64 id)
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

u64 traffic_record_last_id(void)
{
	return last_id;
}

u64 traffic_record_last_end_seq(void)
{
	return last_end_seq;
}

u64 traffic_record_evicted_seq(void)
{
	return evicted_seq;
}

/* ---- Watches of a record ---------------------------------------------- */

static void note_logged(struct traffic_record *record)
{
	u64 owners = traffic_watch_owners(&record->watches);

	WRITE_ONCE(record->logged, owners & BIT_ULL(TRAFFIC_OWNER_MODULE));
}

void traffic_record_add_watches(struct traffic_record *record,
				const struct traffic_watch_set *watches)
{
	struct traffic_totals before;
	struct traffic_watch *watch;
	unsigned int slot;

	traffic_counters_sum(&record->counters, &before);
	for_each_set_bit(slot, watches->bits, TRAFFIC_WATCHES) {
		if (__test_and_set_bit(slot, record->watches.bits))
			continue;
		watch = traffic_watch_at(slot);
		watch->records++;
		watch->started++;
		watch->running++;
		/* All of the record is added at its end. */
		traffic_totals_subtract(&watch->done, &before);
	}
	note_logged(record);
}

static void finish_watch(struct traffic_watch *watch,
			 const struct traffic_totals *totals)
{
	watch->running--;
	watch->ended++;
	traffic_totals_add(&watch->done, totals);
}

/* The owners that have more than one of these watches, a bit an owner. */
static u64 owners_of_several(const struct traffic_watch_set *watches)
{
	u64 owner, seen = 0, several = 0;
	unsigned int slot;

	for_each_set_bit(slot, watches->bits, TRAFFIC_WATCHES) {
		owner = BIT_ULL(traffic_watch_at(slot)->owner);
		several |= seen & owner;
		seen |= owner;
	}
	return several;
}

static void set_first_watch(struct traffic_record *record, unsigned int slot)
{
	/* Trace events read both without the lock. */
	WRITE_ONCE(record->first_slot, slot);
	WRITE_ONCE(record->first_watch, traffic_watch_at(slot)->id);
}

bool traffic_record_drop_watches(struct traffic_record *record,
				 const struct traffic_watch_set *watches)
{
	struct traffic_totals totals;
	unsigned int slot;

	if (record->process.state == TRAFFIC_RUNNING)
		traffic_counters_sum(&record->counters, &totals);
	for_each_set_bit(slot, watches->bits, TRAFFIC_WATCHES) {
		if (!__test_and_clear_bit(slot, record->watches.bits))
			continue;
		if (record->process.state == TRAFFIC_RUNNING)
			finish_watch(traffic_watch_at(slot), &totals);
		traffic_watch_release(slot);
	}
	note_logged(record);
	if (bitmap_empty(record->watches.bits, TRAFFIC_WATCHES))
		return true;
	/* Of those who have it still. */
	if (!test_bit(record->first_slot, record->watches.bits))
		set_first_watch(record, traffic_watch_first(&record->watches));
	return false;
}

bool traffic_record_has_any(const struct traffic_record *record,
			    const struct traffic_watch_set *watches)
{
	return bitmap_intersects(record->watches.bits, watches->bits,
				 TRAFFIC_WATCHES);
}

const char *traffic_record_program(const struct traffic_record *record)
{
	return traffic_watch_name(READ_ONCE(record->first_slot),
				  READ_ONCE(record->first_watch));
}

/* ---- The life of a record --------------------------------------------- */

static void count_missed(struct traffic_record *parent,
			 const struct traffic_watch_set *watches)
{
	unsigned int slot;

	alloc_failed++;
	for_each_set_bit(slot, watches->bits, TRAFFIC_WATCHES)
		traffic_watch_at(slot)->missed++;
	if (parent)
		set_bit(TRAFFIC_CHILD_LOST, &parent->process.reasons);
}

struct traffic_record *
traffic_record_start(struct task_struct *task, struct traffic_record *parent,
		     enum traffic_since since,
		     const struct traffic_watch_set *watches)
{
	struct traffic_process *process;
	struct traffic_record *record;

	record = mempool_alloc(record_pool, GFP_NOWAIT | __GFP_NOWARN);
	if (!record) {
		count_missed(parent, watches);
		return NULL;
	}
	memset(record, 0, sizeof(*record));
	record->tgid = task_tgid_nr(task);
	traffic_counters_init(&record->counters);
	traffic_flows_open(&record->flows);
	process = &record->process;
	process->id = ++last_id;
	process->pid = record->tgid;
	process->parent_id = parent ? parent->process.id : 0;
	process->root_id = parent ? parent->process.root_id : process->id;
	process->root_pid = parent ? parent->process.root_pid : process->pid;
	process->uid = from_kuid(&init_user_ns, task_uid(task));
	process->state = TRAFFIC_RUNNING;
	process->since = since;
	process->start_ns = ktime_get_real_ns();
	process->start_seq = last_end_seq;
	strscpy(process->comm, task->comm, sizeof(process->comm));
	rcu_read_lock();
	process->ppid = task_tgid_nr(rcu_dereference(task->real_parent));
	rcu_read_unlock();
	traffic_record_add_watches(record, watches);
	/* That of the parent, if it is followed, or else of its own the oldest. */
	set_first_watch(record,
			parent && test_bit(parent->first_slot, watches->bits) ?
				parent->first_slot :
				traffic_watch_first(watches));

	insert_by_id(record);
	list_add_tail(&record->list, &traffic_running);
	nr_running++;
	/* Last: from here on transfers find it. */
	hlist_add_head_rcu(&record->by_tgid, traffic_bucket(record->tgid));
	return record;
}

void traffic_record_unhash(struct traffic_record *record)
{
	hlist_del_init_rcu(&record->by_tgid);
}

void notrace traffic_mark_current(enum traffic_reason reason)
{
	struct traffic_record *record;

	traffic_for_each_of(record, current->tgid)
		set_bit(reason, &record->process.reasons);
}

/* Out of the tables; RCU frees it, since a transfer may be adding to it. */
void traffic_record_remove(struct traffic_record *record)
{
	rb_erase(&record->by_id, &by_id);
	list_del(&record->list);
	if (record->process.state == TRAFFIC_RUNNING) {
		traffic_record_unhash(record);
		nr_running--;
	} else {
		nr_ended--;
	}
	traffic_flows_close(&record->flows);
	call_rcu(&record->rcu, free_record_rcu);
}

static struct traffic_record *oldest_ended(void)
{
	return list_first_entry(&traffic_ended, struct traffic_record, list);
}

static void evict_oldest(void)
{
	struct traffic_record *record = oldest_ended();
	u64 owner, several = owners_of_several(&record->watches), seen = 0;
	struct traffic_evicted *evicted;
	struct traffic_totals totals;
	unsigned int slot;

	traffic_counters_sum(&record->counters, &totals);
	for_each_set_bit(slot, record->watches.bits, TRAFFIC_WATCHES) {
		owner = BIT_ULL(traffic_watch_at(slot)->owner);
		evicted = &traffic_watch_at(slot)->evicted;
		evicted->records++;
		evicted->shared += !!(several & owner);
		evicted->inexact += record->goes_on || record->process.reasons;
		traffic_totals_add(&evicted->totals, &totals);
		/* What others have of it too is in theirs: less, but not twice. */
		if (!(seen & owner) && !record->goes_on) {
			evicted->once++;
			traffic_totals_add(&evicted->once_totals, &totals);
		}
		seen |= owner;
		traffic_watch_release(slot);
	}
	nr_evicted++;
	evicted_seq = record->process.end_seq;
	traffic_record_remove(record);
}

/*
 * The records of one process go together, and are kept together if it ended
 * last: or who adds up what was evicted and what is there has it twice.
 */
static void make_room(const struct traffic_record *newest)
{
	pid_t evicted = 0, oldest;
	u64 most;

	while (nr_ended > 1) {
		oldest = oldest_ended()->tgid;
		most = params_history;
		/* Or a later process with its pid: not without a bound. */
		if (oldest == newest->tgid)
			most += TRAFFIC_OWNERS;
		if (nr_ended <= most && oldest != evicted)
			break;
		evicted = oldest;
		evict_oldest();
	}
}

void traffic_record_end(struct traffic_record *record, enum traffic_state state,
			int wait_status)
{
	struct traffic_process *process = &record->process;
	struct traffic_totals totals;
	unsigned int slot;

	traffic_counters_fold(&record->counters);
	traffic_counters_sum(&record->counters, &totals);
	process->state = state;
	process->wait_status = wait_status;
	process->end_ns = ktime_get_real_ns();
	process->end_seq = ++last_end_seq;
	for_each_set_bit(slot, record->watches.bits, TRAFFIC_WATCHES)
		finish_watch(traffic_watch_at(slot), &totals);
	if (state == TRAFFIC_EXITED)
		traffic_trace_exit(record, &totals);

	list_move_tail(&record->list, &traffic_ended);
	nr_running--;
	nr_ended++;
	make_room(record);
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
	record_cache = KMEM_CACHE(traffic_record, SLAB_HWCACHE_ALIGN);
	if (!record_cache)
		return -ENOMEM;
	record_pool = mempool_create_slab_pool(RESERVED_RECORDS, record_cache);
	if (!record_pool) {
		kmem_cache_destroy(record_cache);
		return -ENOMEM;
	}
	return 0;
}

void traffic_ledger_exit(void)
{
	struct traffic_record *record, *next;

	/* Callbacks of call_rcu() are in our text and use the pool. */
	rcu_barrier();
	rbtree_postorder_for_each_entry_safe(record, next, &by_id, by_id)
		free_record(record);
	traffic_watch_exit();
	mempool_destroy(record_pool);
	kmem_cache_destroy(record_cache);
}
