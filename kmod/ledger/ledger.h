/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ledger: a record a process, from the moment it is monitored until every
 * owner has read and cleared it. Owners that begin at different moments, one by
 * an exec and one by attaching later, have a record each of the same process:
 * what an owner reads began when it began to watch.
 *
 * traffic_lock guards the set of records, the watches, and every field of a
 * record but its counters. Records are found by tgid under RCU without it. It
 * is taken in probes, with preemption off, and never in an interrupt.
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

extern spinlock_t traffic_lock;

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

/* Why a record is a lower bound; bit numbers. */
enum traffic_reason {
	TRAFFIC_ATTACHED, /* what it moved before is unknown */
	TRAFFIC_CHILD_LOST, /* no memory for the record of a child */
	TRAFFIC_ZCRX, /* io_uring's zero-copy receive passes the hooks */
	TRAFFIC_SCTP_EVENTS, /* not told from payload by a tracepoint */
	TRAFFIC_UNREADABLE_RESULT, /* of TCP_ZEROCOPY_RECEIVE */
	TRAFFIC_REASONS,
};

/* What is known of a process besides its counts; the same in a snapshot. */
struct traffic_process {
	u64 id; /* never reused */
	u64 parent_id; /* 0: no monitored parent */
	u64 root_id; /* the first monitored ancestor's, or its own */
	pid_t pid; /* pids are the initial namespace's */
	pid_t ppid;
	pid_t root_pid;
	uid_t uid;
	enum traffic_state state;
	enum traffic_since since;
	unsigned long reasons; /* atomic bits, set also without the lock */
	u64 start_ns;
	u64 end_ns; /* 0 while it runs */
	u64 end_seq; /* 0 while it runs */
	u64 start_seq; /* the newest end_seq of any when it began; 0: none */
	int wait_status;
	char comm[TASK_COMM_LEN];
	struct traffic_exe *exe; /* NULL: unknown */
};

struct traffic_record {
	/* Read at every transfer. */
	struct hlist_node by_tgid; /* RCU; while it counts */
	pid_t tgid; /* never changes */
	bool logged; /* the module's own: the kernel log speaks of it */
	u8 first_slot; /* of first_watch */
	struct traffic_counters counters;
	struct traffic_flows flows;

	struct traffic_process process;
	struct traffic_watch_set watches;
	u64 first_watch; /* its id; what it, or its root, is monitored for */
	bool goes_on; /* detached, when others had a record of the process too */
	struct rb_node by_id;
	struct list_head list; /* running, or ended and ordered by end_seq */
	struct rcu_head rcu;
};

/* By 16 bits of the tgid: what they select is had by loading no more of it. */
#define TRAFFIC_TGID_BUCKETS 65536
extern struct hlist_head traffic_by_tgid[TRAFFIC_TGID_BUCKETS];

static __always_inline struct hlist_head *traffic_bucket(pid_t tgid)
{
	return &traffic_by_tgid[(u16)tgid];
}

/*
 * For somebody without RCU who wants to know at once that a process is no
 * target. True may still be wrong.
 */
static __always_inline bool traffic_is_used(const struct hlist_head *bucket)
{
	/* No READ_ONCE(), which gcc loads before it compares. */
	return data_race(bucket->first);
}

static __always_inline bool traffic_maybe_target(pid_t tgid)
{
	return traffic_is_used(traffic_bucket(tgid));
}

static __always_inline struct traffic_record *
traffic_find_from(struct hlist_node *node, pid_t pid)
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

/* Where those of a process begin, with those of others. */
static __always_inline struct hlist_node *
traffic_first_in(struct hlist_head *bucket)
{
	return rcu_dereference_raw_check(hlist_first_rcu(bucket));
}

static __always_inline struct hlist_node *traffic_first_at(pid_t pid)
{
	return traffic_first_in(traffic_bucket(pid));
}

static __always_inline struct traffic_record *
traffic_next_of(struct traffic_record *record, pid_t pid)
{
	return traffic_find_from(
		rcu_dereference_raw_check(hlist_next_rcu(&record->by_tgid)),
		pid);
}

/* Under rcu_read_lock() or with preemption off, or traffic_lock. */
#define traffic_for_each_of(record, pid)                               \
	for ((record) = traffic_find_from(traffic_first_at(pid), pid); \
	     (record); (record) = traffic_next_of(record, pid))

/* All of what follows is under traffic_lock, except where it is said. */

extern struct list_head traffic_running;
extern struct list_head traffic_ended; /* oldest first */

/*
 * A record of @task, which counts from here on. @parent is the forker's record
 * or NULL; @exe is taken over. Without memory NULL: those who miss it are told.
 */
struct traffic_record *
traffic_record_start(struct task_struct *task, struct traffic_record *parent,
		     enum traffic_since since,
		     const struct traffic_watch_set *watches);
/* Transfers do not find it any more; those that did may still be adding. */
void traffic_record_unhash(struct traffic_record *record);
/*
 * The counts are final: the record is unhashed, and no transfer that found it
 * before can be under way.
 */
void traffic_record_end(struct traffic_record *record, enum traffic_state state,
			int wait_status);
/* Whoever counts current is told that it is not exact. Under RCU at least. */
void traffic_mark_current(enum traffic_reason reason);
/* Forgets it, whatever its state. RCU frees it. */
void traffic_record_remove(struct traffic_record *record);
/* The one with the lowest id that is at least @id, or NULL. */
struct traffic_record *traffic_record_from(u64 id);
u64 traffic_record_last_id(void);
/* Of what ended last; 0: nothing has. */
u64 traffic_record_last_end_seq(void);
/* Of what was evicted last: all that ended before it is evicted, or cleared. */
u64 traffic_record_evicted_seq(void);

/* What the process moves from here on is in the totals of these too. */
void traffic_record_add_watches(struct traffic_record *record,
				const struct traffic_watch_set *watches);
/* What it moved so far stays in their totals. True: it has none left. */
bool traffic_record_drop_watches(struct traffic_record *record,
				 const struct traffic_watch_set *watches);
/*
 * What first_watch names, or NULL. As rcu_read_lock() has it, without the lock;
 * so long the name stays.
 */
const char *traffic_record_program(const struct traffic_record *record);
bool traffic_record_has_any(const struct traffic_record *record,
			    const struct traffic_watch_set *watches);

struct traffic_ledger_stats {
	u64 running;
	u64 ended;
	u64 evicted;
	u64 alloc_failed;
	unsigned int watches;
};

/* Without the lock. */
void traffic_ledger_stats(struct traffic_ledger_stats *stats);
int traffic_ledger_init(void);
/* Nobody may look records up any more. Waits for callbacks of RCU. */
void traffic_ledger_exit(void);

#endif
