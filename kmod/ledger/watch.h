/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is watched, and for whom. An owner is the module (0) or a session; a
 * watch is a name to look for, or the unnamed group of what an owner attached
 * or spawned. Each watch has a slot, and a record a bitmap of slots.
 */
#ifndef TRAFFIC_WATCH_H
#define TRAFFIC_WATCH_H

#include <linux/bitmap.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>

#include "counts/counters.h"
#include "ledger/image.h"

#define TRAFFIC_WATCHES 256
#define TRAFFIC_OWNERS 64
#define TRAFFIC_OWNER_MODULE 0

struct traffic_watch_set {
	DECLARE_BITMAP(bits, TRAFFIC_WATCHES);
};

enum traffic_watch_kind {
	TRAFFIC_WATCH_NAME,
	TRAFFIC_WATCH_ATTACH,
	TRAFFIC_WATCH_CHILDREN,
};

/* Of records that had to make room. */
struct traffic_evicted {
	u64 records;
	u64 shared; /* of these in another watch of the owner too */
	u64 inexact;
	struct traffic_totals totals;
	/* The same without what counts here for another watch of the owner. */
	u64 once;
	struct traffic_totals once_totals;
};

/* Fields below refs are under traffic_lock, but those that never change. */
struct traffic_watch {
	struct rcu_head rcu;
	refcount_t refs; /* the table's, and one a reader */
	u64 id; /* never reused; never changes */
	u64 since_ns; /* never changes */
	unsigned int owner; /* never changes */
	enum traffic_watch_kind kind; /* never changes */
	bool wildcards; /* in the name; never changes */
	bool matching; /* false after unwatch: waits for its records to go */
	bool follow;
	unsigned int records; /* that carry it, running or kept */
	u64 started;
	u64 running;
	u64 ended;
	struct traffic_evicted evicted;
	u64 missed;
	struct traffic_totals done; /* of what ended */
	char name[]; /* never changes */
};

/* What matched an exec, found without the lock and confirmed under it. */
struct traffic_match {
	struct traffic_watch_set found;
	u64 newest; /* a slot may be another watch's by now: those are newer */
};

/* Without the lock. False: nothing matched. */
bool traffic_watch_match(struct traffic_image *image,
			 struct traffic_match *match);

/* The rest is under traffic_lock, except where it is said. */

/* Of what matched, what is watched still. */
void traffic_watch_confirm(struct traffic_match *match);
struct traffic_watch *traffic_watch_at(unsigned int slot);
void traffic_watch_following(const struct traffic_watch_set *of,
			     struct traffic_watch_set *following);
void traffic_watch_of_owner(unsigned int owner, struct traffic_watch_set *set);
/* Of a set, what belongs to one of @owners, a bit an owner. */
void traffic_watch_of_owners(u64 owners, const struct traffic_watch_set *of,
			     struct traffic_watch_set *set);
/* The slot of the oldest of them, of which there is one at least. */
unsigned int traffic_watch_first(const struct traffic_watch_set *of);
/* A bit for each owner of one of them. */
u64 traffic_watch_owners(const struct traffic_watch_set *of);
/* The slot of an owner's watch, or -ENOENT. */
int traffic_watch_find(unsigned int owner, enum traffic_watch_kind kind,
		       const char *name);
/* @watch becomes the table's: -ENOSPC leaves it with the caller. */
int traffic_watch_insert(struct traffic_watch *watch);
/* The same name is watched again. */
void traffic_watch_renew(unsigned int slot, bool follow);
/*
 * No new matches; goes when its last record does, unless it has in evicted.once
 * what the owner's others count on.
 */
void traffic_watch_retire(unsigned int slot);
/* The owner is gone, and with it what was evicted. */
void traffic_watch_close(unsigned int slot);
/* A record that carried the watch is gone. */
void traffic_watch_release(unsigned int slot);
unsigned int traffic_watch_count(void);

/*
 * The name of the watch of that id, or NULL: it is gone, or unnamed. As
 * rcu_read_lock() has it, without the lock.
 */
const char *traffic_watch_name(unsigned int slot, u64 id);

/* Without the lock: may sleep. */
struct traffic_watch *traffic_watch_alloc(unsigned int owner,
					  enum traffic_watch_kind kind,
					  const char *name, bool follow);
void traffic_watch_get(struct traffic_watch *watch);
void traffic_watch_put(struct traffic_watch *watch);
void traffic_watch_exit(void);

#endif
