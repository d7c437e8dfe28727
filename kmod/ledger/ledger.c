// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "ledger/ledger.h"

#include <linux/cred.h>
#include <linux/ktime.h>
#include <linux/mempool.h>
#include <linux/pid.h>
#include <linux/slab.h>

#include "ledger/trace.h"
#include "params.h"

/* A reserve for a fork or an exec while the allocator has no memory. */
#define RESERVED_RECORDS 64

DEFINE_SPINLOCK(traffic_lock);
struct hlist_head traffic_by_tgid[TRAFFIC_TGID_BUCKETS];
LIST_HEAD(traffic_running);
LIST_HEAD(traffic_ended);

static struct rb_root records_by_id = RB_ROOT;
static u64 last_record_id, last_end_seq, evicted_seq;
static u64 nr_running, nr_ended, nr_evicted, alloc_failed;

static struct kmem_cache *record_cache;
static mempool_t *record_pool;

/* ---- Memory and order ------------------------------------------------- */

static void record_free(struct traffic_record *record)
{
	free_percpu(record->counters.percpu);
	traffic_flows_free(&record->flows);
	traffic_exe_put(record->process.exe);
	mempool_free(record, record_pool);
}

static void record_free_rcu(struct rcu_head *rcu)
{
	record_free(container_of(rcu, struct traffic_record, rcu));
}

static void record_insert(struct traffic_record *record)
	__must_hold(&traffic_lock)
{
	struct rb_node **link = &records_by_id.rb_node, *parent = NULL;

	lockdep_assert_held(&traffic_lock);
	/* Ids only grow, so a new record is always the rightmost. */
	while (*link) {
		parent = *link;
		link = &parent->rb_right;
	}
	rb_link_node(&record->by_id, parent, link);
	rb_insert_color(&record->by_id, &records_by_id);
}

struct traffic_record *traffic_record_from(u64 id)
{
	struct traffic_record *record, *found = NULL;
	struct rb_node *node = records_by_id.rb_node;

	lockdep_assert_held(&traffic_lock);
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
	lockdep_assert_held(&traffic_lock);
	return last_record_id;
}

u64 traffic_record_last_end_seq(void)
{
	lockdep_assert_held(&traffic_lock);
	return last_end_seq;
}

u64 traffic_record_evicted_seq(void)
{
	lockdep_assert_held(&traffic_lock);
	return evicted_seq;
}

/* ---- The watches of a record ------------------------------------------- */

static void record_update_logged(struct traffic_record *record)
	__must_hold(&traffic_lock)
{
	u64 owners = traffic_watch_owners(&record->watches);

	lockdep_assert_held(&traffic_lock);
	WRITE_ONCE(record->logged, owners & BIT_ULL(TRAFFIC_OWNER_MODULE));
}

void traffic_record_add_watches(struct traffic_record *record,
				const struct traffic_watch_set *watches)
{
	struct traffic_totals before;
	struct traffic_watch *watch;
	unsigned int slot;

	lockdep_assert_held(&traffic_lock);
	traffic_counters_sum(&record->counters, &before);
	for_each_set_bit(slot, watches->bits, TRAFFIC_WATCHES) {
		if (__test_and_set_bit(slot, record->watches.bits))
			continue;
		watch = traffic_watch_at(slot);
		watch->records++;
		watch->started++;
		watch->running++;
		/*
		 * Subtract what was counted before this watch: when the record
		 * ends, watch_add_ended() adds the whole record.
		 */
		traffic_totals_subtract(&watch->done, &before);
	}
	record_update_logged(record);
}

static void watch_add_ended(struct traffic_watch *watch,
			    const struct traffic_totals *totals)
	__must_hold(&traffic_lock)
{
	lockdep_assert_held(&traffic_lock);
	watch->running--;
	watch->ended++;
	traffic_totals_add(&watch->done, totals);
}

/* Returns a bit for each owner that has more than one of these watches. */
static u64 owners_with_several(const struct traffic_watch_set *watches)
	__must_hold(&traffic_lock)
{
	u64 owner, seen = 0, several = 0;
	unsigned int slot;

	lockdep_assert_held(&traffic_lock);
	for_each_set_bit(slot, watches->bits, TRAFFIC_WATCHES) {
		owner = BIT_ULL(traffic_watch_at(slot)->owner);
		several |= seen & owner;
		seen |= owner;
	}
	return several;
}

static void record_set_first_watch(struct traffic_record *record,
				   unsigned int slot) __must_hold(&traffic_lock)
{
	lockdep_assert_held(&traffic_lock);
	/* Trace events read both fields without the lock. */
	WRITE_ONCE(record->first_slot, slot);
	WRITE_ONCE(record->first_watch, traffic_watch_at(slot)->id);
}

bool traffic_record_drop_watches(struct traffic_record *record,
				 const struct traffic_watch_set *watches)
{
	struct traffic_totals totals;
	unsigned int slot;

	lockdep_assert_held(&traffic_lock);
	if (record->process.state == TRAFFIC_RUNNING)
		traffic_counters_sum(&record->counters, &totals);
	for_each_set_bit(slot, watches->bits, TRAFFIC_WATCHES) {
		if (!__test_and_clear_bit(slot, record->watches.bits))
			continue;
		if (record->process.state == TRAFFIC_RUNNING)
			watch_add_ended(traffic_watch_at(slot), &totals);
		traffic_watch_release(slot);
	}
	record_update_logged(record);
	if (bitmap_empty(record->watches.bits, TRAFFIC_WATCHES))
		return true;
	/* The first watch may have been among those that were dropped. */
	if (!test_bit(record->first_slot, record->watches.bits))
		record_set_first_watch(record,
				       traffic_watch_first(&record->watches));
	return false;
}

bool traffic_record_has_any(const struct traffic_record *record,
			    const struct traffic_watch_set *watches)
{
	lockdep_assert_held(&traffic_lock);
	return bitmap_intersects(record->watches.bits, watches->bits,
				 TRAFFIC_WATCHES);
}

const char *traffic_record_program(const struct traffic_record *record)
{
	return traffic_watch_name(READ_ONCE(record->first_slot),
				  READ_ONCE(record->first_watch));
}

/* ---- The life of a record --------------------------------------------- */

static void watches_count_missed(struct traffic_record *parent,
				 const struct traffic_watch_set *watches)
	__must_hold(&traffic_lock)
{
	unsigned int slot;

	lockdep_assert_held(&traffic_lock);
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

	lockdep_assert_held(&traffic_lock);
	record = mempool_alloc(record_pool, GFP_NOWAIT | __GFP_NOWARN);
	if (!record) {
		watches_count_missed(parent, watches);
		return NULL;
	}
	memset(record, 0, sizeof(*record));
	record->tgid = task_tgid_nr(task);
	traffic_counters_init(&record->counters);
	traffic_flows_open(&record->flows);
	process = &record->process;
	process->id = ++last_record_id;
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
	/*
	 * The parent's first watch, if the child inherits that watch. Otherwise
	 * the oldest watch of the child.
	 */
	record_set_first_watch(record, parent && test_bit(parent->first_slot,
							  watches->bits) ?
					       parent->first_slot :
					       traffic_watch_first(watches));

	record_insert(record);
	list_add_tail(&record->list, &traffic_running);
	nr_running++;
	/*
	 * The last step, because transfers find the record afterwards. Pairs
	 * with traffic_bucket_first() and traffic_record_next().
	 */
	hlist_add_head_rcu(&record->by_tgid, traffic_bucket(record->tgid));
	return record;
}

void traffic_record_unhash(struct traffic_record *record)
{
	lockdep_assert_held(&traffic_lock);
	hlist_del_init_rcu(&record->by_tgid);
}

void notrace traffic_records_mark_current(enum traffic_reason reason)
{
	struct traffic_record *record;

	traffic_for_each_record_of(record, current->tgid)
		set_bit(reason, &record->process.reasons);
}

void traffic_record_remove(struct traffic_record *record)
{
	lockdep_assert_held(&traffic_lock);
	rb_erase(&record->by_id, &records_by_id);
	list_del(&record->list);
	if (record->process.state == TRAFFIC_RUNNING) {
		traffic_record_unhash(record);
		nr_running--;
	} else {
		nr_ended--;
	}
	traffic_flows_close(&record->flows);
	call_rcu(&record->rcu, record_free_rcu);
}

static struct traffic_record *record_oldest_ended(void)
{
	lockdep_assert_held(&traffic_lock);
	return list_first_entry(&traffic_ended, struct traffic_record, list);
}

static void record_evict_oldest(void)
{
	struct traffic_record *record = record_oldest_ended();
	u64 owner, several = owners_with_several(&record->watches), seen = 0;
	struct traffic_evicted *evicted;
	struct traffic_totals totals;
	unsigned int slot;

	lockdep_assert_held(&traffic_lock);
	traffic_counters_sum(&record->counters, &totals);
	for_each_set_bit(slot, record->watches.bits, TRAFFIC_WATCHES) {
		owner = BIT_ULL(traffic_watch_at(slot)->owner);
		evicted = &traffic_watch_at(slot)->evicted;
		evicted->records++;
		evicted->shared += !!(several & owner);
		evicted->inexact += record->still_counted ||
				    record->process.reasons;
		traffic_totals_add(&evicted->totals, &totals);
		/*
		 * still_counted: another record of this process went on
		 * counting, and part of the traffic may be in both. Leave this
		 * record out of the sum: better too little than twice.
		 */
		if (!(seen & owner) && !record->still_counted) {
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
 * Evicts all records of a process at once: a reader that adds the evicted
 * totals to the remaining rows would otherwise count the process twice. For the
 * same reason the function spares the records of @newest's process, of which
 * @newest itself stays.
 */
static void records_make_room(const struct traffic_record *newest)
	__must_hold(&traffic_lock)
{
	pid_t evicted = 0, oldest;
	u64 most;

	lockdep_assert_held(&traffic_lock);
	while (nr_ended > 1) {
		oldest = record_oldest_ended()->tgid;
		most = traffic_param_history;
		/*
		 * One process has at most TRAFFIC_OWNERS records. If more than
		 * history + TRAFFIC_OWNERS have ended, those with this pid may
		 * belong to several processes that had it one after the other,
		 * and are no longer spared.
		 */
		if (oldest == newest->tgid)
			most += TRAFFIC_OWNERS;
		if (nr_ended <= most && oldest != evicted)
			break;
		evicted = oldest;
		record_evict_oldest();
	}
}

void traffic_record_end(struct traffic_record *record, enum traffic_state state,
			int wait_status)
{
	struct traffic_process *process = &record->process;
	struct traffic_totals totals;
	unsigned int slot;

	lockdep_assert_held(&traffic_lock);
	traffic_counters_fold(&record->counters);
	traffic_counters_sum(&record->counters, &totals);
	process->state = state;
	process->wait_status = wait_status;
	process->end_ns = ktime_get_real_ns();
	process->end_seq = ++last_end_seq;
	for_each_set_bit(slot, record->watches.bits, TRAFFIC_WATCHES)
		watch_add_ended(traffic_watch_at(slot), &totals);
	if (state == TRAFFIC_EXITED)
		traffic_trace_exit(process->id, process->pid,
				   process->wait_status,
				   traffic_record_program(record), &totals);

	list_move_tail(&record->list, &traffic_ended);
	nr_running--;
	nr_ended++;
	records_make_room(record);
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

	/* The callbacks of call_rcu() are in our text and use the pool. */
	rcu_barrier();
	rbtree_postorder_for_each_entry_safe(record, next, &records_by_id,
					     by_id)
		record_free(record);
	traffic_watch_exit();
	mempool_destroy(record_pool);
	kmem_cache_destroy(record_cache);
}
