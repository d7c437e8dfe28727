/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ledger: a record a process, from the moment it is monitored until every
 * owner has read and cleared it.
 *
 * traffic_lock guards the set of records, the watches, and every field of a
 * record but its counters. Records are found by tgid under RCU without it. It
 * is taken in probes, with preemption off, and never in an interrupt.
 */
#ifndef TRAFFIC_LEDGER_H
#define TRAFFIC_LEDGER_H

#include <linux/rculist.h>
#include <linux/rbtree.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "counters.h"
#include "watch.h"

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
	unsigned long reasons;
	u64 start_ns;
	u64 end_ns; /* 0 while it runs */
	u64 end_seq; /* 0 while it runs */
	int wait_status;
	char comm[TASK_COMM_LEN];
	struct traffic_exe *exe; /* NULL: unknown */
};

struct traffic_record {
	/* Read at every transfer. */
	struct hlist_node by_tgid; /* RCU; while it counts */
	pid_t tgid; /* never changes */
	bool logged; /* the module's own: the kernel log speaks of it */
	struct traffic_counters counters;

	struct traffic_process process;
	traffic_watch_set watches;
	struct rb_node by_id;
	struct list_head list; /* running, or ended and ordered by end_seq */
	struct rcu_head rcu;
};

#define TRAFFIC_TGID_BUCKETS 8192
extern struct hlist_head traffic_by_tgid[TRAFFIC_TGID_BUCKETS];

static inline struct hlist_head *traffic_bucket(pid_t tgid)
{
	return &traffic_by_tgid[tgid & (TRAFFIC_TGID_BUCKETS - 1)];
}

/*
 * For somebody without RCU who wants to know at once that a process is no
 * target. True may still be wrong.
 */
static __always_inline bool traffic_maybe_target(pid_t tgid)
{
	return READ_ONCE(traffic_bucket(tgid)->first);
}

/* Under rcu_read_lock() or with preemption off, or traffic_lock. */
static __always_inline struct traffic_record *traffic_find(pid_t tgid)
{
	struct traffic_record *record;

	hlist_for_each_entry_rcu_notrace(record, traffic_bucket(tgid), by_tgid)
		if (record->tgid == tgid)
			return record;
	return NULL;
}

/* What the probes of the scheduler's tracepoints report. */
void traffic_ledger_exec(struct task_struct *task, struct linux_binprm *bprm);
void traffic_ledger_fork(struct task_struct *parent, struct task_struct *child);
void traffic_ledger_exit(struct task_struct *task);

/*
 * What owners ask for; may sleep, and the caller serialises them. Errors:
 * -ENOSPC no slot, -ENOMEM, -ENOENT no such watch, -ESRCH no such process,
 * -EEXIST attached already.
 */
int traffic_ledger_watch(unsigned int owner, const char *name, bool follow);
int traffic_ledger_unwatch(unsigned int owner, const char *name);
int traffic_ledger_attach(unsigned int owner, pid_t pid, bool follow);
int traffic_ledger_detach(unsigned int owner, pid_t pid);
int traffic_ledger_children(unsigned int owner, bool on);
void traffic_ledger_clear(unsigned int owner, u64 end_seq);
void traffic_ledger_close_owner(unsigned int owner);
/* Counting is over: every running record ends as detached. */
void traffic_ledger_detach_all(void);

/* A copy of a record, with references that traffic_snapshot_put() gives back. */
struct traffic_snapshot {
	struct traffic_process process;
	struct traffic_totals totals;
	struct traffic_watch *program; /* NULL: monitored by no name */
	u64 owners; /* a bit an owner */
	unsigned int watches;
	u64 watch_ids[TRAFFIC_WATCHES];
};

/* The record with the lowest id that is at least @id; false: there is none. */
bool traffic_snapshot_from(u64 id, struct traffic_snapshot *snapshot);
void traffic_snapshot_put(struct traffic_snapshot *snapshot);

/* A watch with the totals of all that it ever brought. */
struct traffic_program {
	struct traffic_watch *watch; /* a reference */
	bool follow;
	u64 started;
	u64 running;
	u64 ended;
	u64 evicted;
	u64 missed;
	struct traffic_totals totals;
};

/* Fills up to TRAFFIC_WATCHES programs of one moment; returns how many. */
unsigned int traffic_programs(struct traffic_program *programs);

struct traffic_ledger_stats {
	u64 running;
	u64 ended;
	u64 evicted;
	u64 alloc_failed;
	unsigned int watches;
};

void traffic_ledger_stats(struct traffic_ledger_stats *stats);

int traffic_ledger_init(void);
/* Nobody may look records up any more. Waits for callbacks of RCU. */
void traffic_ledger_exit_all(void);

#endif
