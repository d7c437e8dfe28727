/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ledger holds a record of each monitored process, from the moment at which
 * it is monitored until every owner has cleared it. Several owners may begin to
 * watch a process at different moments, for example one by an exec and another
 * one by an attach. The process then has several records: what an owner reads
 * starts when that owner began to watch.
 *
 * traffic_lock guards the ledger: see lock.h. Transfers find the records of a
 * tgid without it, under RCU.
 */
#ifndef TRAFFIC_LEDGER_H
#define TRAFFIC_LEDGER_H

#include <linux/rbtree.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "counts/counters.h"
#include "counts/flow.h"
#include "ledger/watch.h"
#include "lock.h"

enum traffic_state {
	TRAFFIC_RUNNING,
	TRAFFIC_EXITED,
	TRAFFIC_DETACHED,
};

enum traffic_since {
	TRAFFIC_SINCE_EXEC,
	TRAFFIC_SINCE_FORK,
	TRAFFIC_SINCE_ATTACH,
};

/* Why the counts of a record are a lower bound; bit numbers. */
enum traffic_reason {
	TRAFFIC_ATTACHED, /* the traffic before the attach is unknown */
	TRAFFIC_CHILD_LOST, /* there was no memory for the record of a child */
	TRAFFIC_ZCRX, /* io_uring's zero-copy receive passes no hook */
	TRAFFIC_SCTP_EVENTS, /* SCTP receives that may be notifications */
	TRAFFIC_UNREADABLE_RESULT, /* of a TCP_ZEROCOPY_RECEIVE call */
	TRAFFIC_REASONS,
};

/* What is known about a process besides its counts. A snapshot copies it. */
struct traffic_process {
	u64 id; /* never reused */
	u64 parent_id; /* 0: the parent is not monitored */
	u64 root_id; /* of the oldest monitored ancestor, or its own */
	pid_t pid; /* all pids are those of the initial namespace */
	pid_t ppid;
	pid_t root_pid;
	uid_t uid;
	enum traffic_state state;
	enum traffic_since since;
	unsigned long reasons; /* bits, set atomically without the lock */
	u64 start_ns;
	u64 end_ns; /* 0 while the process runs */
	u64 end_seq; /* 0 while the process runs */
	u64 start_seq; /* the newest end_seq when the record began, or 0 */
	int wait_status;
	char comm[TASK_COMM_LEN];
	struct traffic_exe *exe; /* NULL: unknown */
};

struct traffic_record {
	/* Every transfer reads these. */
	struct hlist_node by_tgid; /* read under RCU; hashed while it counts */
	pid_t tgid; /* never changes */
	bool logged; /* the module watches it: the kernel log reports it */
	u8 first_slot; /* the slot of first_watch */
	struct traffic_counters counters;
	struct traffic_flows flows;

	struct traffic_process process;
	struct traffic_watch_set watches;
	/* The id of the watch for which the process, or its root, is monitored. */
	u64 first_watch;
	/* This record was detached while another one still counted the process. */
	bool still_counted;
	struct rb_node by_id;
	/* In traffic_running, or in traffic_ended ordered by end_seq. */
	struct list_head list;
	struct rcu_head rcu;
};

/* ---- Finding the records of a tgid, under RCU ----------------------------- */

/* 2^16, so that the low half of the tgid is the index: it needs no masking. */
#define TRAFFIC_TGID_BUCKETS 65536
extern struct hlist_head traffic_by_tgid[TRAFFIC_TGID_BUCKETS];

static __always_inline struct hlist_head *traffic_bucket(pid_t tgid)
{
	return &traffic_by_tgid[(u16)tgid];
}

/*
 * Hint without a lock. False: no process of this bucket is monitored. True:
 * look the process up; the bucket may hold records of another tgid only.
 */
static __always_inline bool
traffic_bucket_is_used(const struct hlist_head *bucket)
{
	/* With READ_ONCE() gcc would load it into a register before the test. */
	return data_race(bucket->first);
}

static __always_inline bool traffic_maybe_target(pid_t tgid)
{
	return traffic_bucket_is_used(traffic_bucket(tgid));
}

/*
 * The functions below need RCU: the caller holds rcu_read_lock(), or has
 * preemption off, or holds traffic_lock. The loads pair with
 * hlist_add_head_rcu() in traffic_record_start(), the last step there.
 */

/* The first record of the bucket, of any tgid. */
static __always_inline struct hlist_node *
traffic_bucket_first(struct hlist_head *bucket)
{
	return rcu_dereference_raw_check(hlist_first_rcu(bucket));
}

/* The first record of @pid from @node on, or NULL. */
static __always_inline struct traffic_record *
traffic_record_find(struct hlist_node *node, pid_t pid)
{
	struct traffic_record *record;

	while (node) {
		record = hlist_entry(node, struct traffic_record, by_tgid);
		if (likely(record->tgid == pid))
			return record;
		node = rcu_dereference_raw_check(hlist_next_rcu(node));
	}
	return NULL;
}

/* The first record of @pid, or NULL. */
static __always_inline struct traffic_record *traffic_record_of(pid_t pid)
{
	return traffic_record_find(traffic_bucket_first(traffic_bucket(pid)),
				   pid);
}

/* The record of @pid that follows @record, or NULL. */
static __always_inline struct traffic_record *
traffic_record_next(struct traffic_record *record, pid_t pid)
{
	return traffic_record_find(
		rcu_dereference_raw_check(hlist_next_rcu(&record->by_tgid)),
		pid);
}

#define traffic_for_each_record_of(record, pid)           \
	for ((record) = traffic_record_of(pid); (record); \
	     (record) = traffic_record_next(record, pid))

/* Marks the counts of current as a lower bound. */
void traffic_records_mark_current(enum traffic_reason reason);

/*
 * The name of the first watch, or NULL if it has none. The name stays valid as
 * long as the caller has preemption off or holds traffic_lock.
 */
const char *traffic_record_program(const struct traffic_record *record);

/* ---- The life of a record, under traffic_lock ----------------------------- */

extern struct list_head traffic_running;
extern struct list_head traffic_ended; /* oldest first */

/*
 * Begins a record of @task, which counts from now on. @parent is the record of
 * the process that forked it, or NULL. Without memory it returns NULL: the
 * watches then count one missed process, and @parent is a lower bound.
 */
struct traffic_record *
traffic_record_start(struct task_struct *task, struct traffic_record *parent,
		     enum traffic_since since,
		     const struct traffic_watch_set *watches)
	__must_hold(&traffic_lock);
/*
 * No transfer finds the record afterwards. A transfer that found it before may
 * still be adding to it, until an RCU grace period has passed.
 */
void traffic_record_unhash(struct traffic_record *record)
	__must_hold(&traffic_lock);
/*
 * Makes the counts final. The record is unhashed, and no transfer that found it
 * before is still under way.
 */
void traffic_record_end(struct traffic_record *record, enum traffic_state state,
			int wait_status) __must_hold(&traffic_lock);
/*
 * Removes the record, in any state, from the ledger. It is freed after an RCU
 * grace period, because a transfer may be adding to it.
 */
void traffic_record_remove(struct traffic_record *record)
	__must_hold(&traffic_lock);

/* The record with the lowest id that is not below @id, or NULL. */
struct traffic_record *traffic_record_from(u64 id) __must_hold(&traffic_lock);
u64 traffic_record_last_id(void);
/* The end_seq of the record that ended last, or 0. */
u64 traffic_record_last_end_seq(void);
/*
 * The end_seq of the record that was evicted last, or 0. All records that ended
 * before that one have been evicted or cleared.
 */
u64 traffic_record_evicted_seq(void);

/* ---- The watches of a record, under traffic_lock -------------------------- */

/* From now on the traffic of the process is in the totals of @watches too. */
void traffic_record_add_watches(struct traffic_record *record,
				const struct traffic_watch_set *watches)
	__must_hold(&traffic_lock);
/*
 * The traffic so far stays in the totals of @watches. Returns true if no watch
 * is left.
 */
bool traffic_record_drop_watches(struct traffic_record *record,
				 const struct traffic_watch_set *watches)
	__must_hold(&traffic_lock);
bool traffic_record_has_any(const struct traffic_record *record,
			    const struct traffic_watch_set *watches)
	__must_hold(&traffic_lock);

/* ---- The ledger as a whole ------------------------------------------------ */

struct traffic_ledger_stats {
	u64 running;
	u64 ended;
	u64 evicted;
	u64 alloc_failed;
	unsigned int watches;
};

/* Takes traffic_lock. */
void traffic_ledger_stats(struct traffic_ledger_stats *stats);
int traffic_ledger_init(void);
/*
 * Frees all records and watches. Nothing may look records up any longer. Waits
 * for the callbacks of call_rcu().
 */
void traffic_ledger_exit(void);

#endif
