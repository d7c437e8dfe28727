/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * traffic_lock guards the set of records, the watches, and writes to every field
 * of a record except its counters, its flows and its reasons. ledger.h says which
 * fields are read without the lock. A spin lock: probes take it with
 * preemption off. It is never taken in an interrupt.
 *
 * Lock order: traffic_lock, then the lock of a record's flows, then flows_lock
 * of flow.c.
 *
 * A function that needs its caller to hold a lock asserts it, and has the
 * annotation __must_hold() for sparse. Functions without arguments only assert
 * it, because checkpatch takes "(void) __must_hold" for a cast.
 */
#ifndef TRAFFIC_LOCK_H
#define TRAFFIC_LOCK_H

#include <linux/lockdep.h>
#include <linux/spinlock.h>

/* Defined in ledger/ledger.c. */
extern spinlock_t traffic_lock;

#endif
