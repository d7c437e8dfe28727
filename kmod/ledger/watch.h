/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is watched, and for which owner. An owner is the module (0) or a
 * session. A watch is a name to look for, or the unnamed group of all processes
 * that an owner attached, or of all that a thread of the owner forks. Each
 * watch has a slot in a table; a record has a bitmap of slots.
 */
#ifndef TRAFFIC_WATCH_H
#define TRAFFIC_WATCH_H

#include <linux/bitmap.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>

#include "counts/counters.h"
#include "ledger/image.h"
#include "lock.h"

#define TRAFFIC_WATCHES 256
#define TRAFFIC_OWNERS 64
#define TRAFFIC_OWNER_MODULE 0

/* A bit for each slot. */
struct traffic_watch_set {
	DECLARE_BITMAP(bits, TRAFFIC_WATCHES);
};

enum traffic_watch_kind {
	TRAFFIC_WATCH_NAME,
	TRAFFIC_WATCH_ATTACH,
	TRAFFIC_WATCH_CHILDREN,
};

/* The records of a watch that were evicted to make room for newer ones. */
struct traffic_evicted {
	u64 records;
	u64 shared; /* how many were also in another watch of the same owner */
	u64 inexact;
	struct traffic_totals totals;
	/*
	 * The same, but each record is in only one watch of an owner. So the
	 * sum over the owner's watches counts each record once.
	 */
	u64 once;
	struct traffic_totals once_totals;
};

/* traffic_lock guards the fields, except those that never change and refs. */
struct traffic_watch {
	struct rcu_head rcu;
	refcount_t refs; /* one for the table, and one for each reader */
	u64 id; /* never reused; never changes */
	u64 since_ns; /* never changes */
	unsigned int owner; /* never changes */
	enum traffic_watch_kind kind; /* never changes */
	bool wildcards; /* the name is a pattern; never changes */
	bool matching; /* false after unwatch, while records are left */
	bool follow;
	unsigned int records; /* running or ended records that have this watch */
	u64 started;
	u64 running;
	u64 ended;
	struct traffic_evicted evicted;
	u64 missed;
	struct traffic_totals done; /* of the records that ended */
	char name[]; /* never changes */
};

/* ---- Matching a program ---------------------------------------------------- */

/* The watches that match an exec: found without the lock, confirmed under it. */
struct traffic_match {
	struct traffic_watch_set found;
	/* The newest watch id before the search. A newer watch did not match. */
	u64 newest;
};

/* Does not need the lock. Returns false if nothing matched. */
bool traffic_watch_match(struct traffic_image *image,
			 struct traffic_match *match);
/*
 * Removes the slots whose watch ended meanwhile, or was replaced by a newer
 * one.
 */
void traffic_watch_confirm(struct traffic_match *match)
	__must_hold(&traffic_lock);

/*
 * The name of the watch @id, or NULL if the watch is gone or has no name. Does
 * not need the lock: the name stays valid as long as the caller has preemption
 * off or holds traffic_lock.
 */
const char *traffic_watch_name(unsigned int slot, u64 id);

/* ---- Sets of watches, under traffic_lock ----------------------------------- */

struct traffic_watch *traffic_watch_at(unsigned int slot)
	__must_hold(&traffic_lock);
/* The watches of @of that follow the children of a process. */
void traffic_watch_following(const struct traffic_watch_set *of,
			     struct traffic_watch_set *following)
	__must_hold(&traffic_lock);
void traffic_watch_of_owner(unsigned int owner, struct traffic_watch_set *set)
	__must_hold(&traffic_lock);
/* The watches of @of that belong to @owners, which has a bit for each owner. */
void traffic_watch_of_owners(u64 owners, const struct traffic_watch_set *of,
			     struct traffic_watch_set *set)
	__must_hold(&traffic_lock);
/* The slot of the oldest watch of @of, which is not empty. */
unsigned int traffic_watch_first(const struct traffic_watch_set *of)
	__must_hold(&traffic_lock);
/* Returns a bit for each owner of a watch of @of. */
u64 traffic_watch_owners(const struct traffic_watch_set *of)
	__must_hold(&traffic_lock);

/* ---- The table, under traffic_lock ----------------------------------------- */

/* The slot of an owner's watch, or -ENOENT. */
int traffic_watch_find(unsigned int owner, enum traffic_watch_kind kind,
		       const char *name) __must_hold(&traffic_lock);
/*
 * Returns the slot of @watch, which now belongs to the table, or -ENOSPC: then
 * it still belongs to the caller.
 */
int traffic_watch_insert(struct traffic_watch *watch)
	__must_hold(&traffic_lock);
/* The owner watches the same name again. */
void traffic_watch_renew(unsigned int slot, bool follow)
	__must_hold(&traffic_lock);
/*
 * Nothing matches the watch any longer. It is freed with its last record, but
 * not while its evicted.once is part of the owner's sum.
 */
void traffic_watch_retire(unsigned int slot) __must_hold(&traffic_lock);
/* The owner is gone: the evicted counts are dropped too. */
void traffic_watch_close(unsigned int slot) __must_hold(&traffic_lock);
/* A record with this watch is gone. */
void traffic_watch_release(unsigned int slot) __must_hold(&traffic_lock);
unsigned int traffic_watch_count(void);

/* ---- Memory ---------------------------------------------------------------- */

/* May sleep, so the caller must not hold traffic_lock. */
struct traffic_watch *traffic_watch_alloc(unsigned int owner,
					  enum traffic_watch_kind kind,
					  const char *name, bool follow);
void traffic_watch_get(struct traffic_watch *watch);
void traffic_watch_put(struct traffic_watch *watch);
void traffic_watch_exit(void);

#endif
