/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A spawner is a thread whose forks are monitored for a session: the thread that
 * wrote "children on" to the session's descriptor.
 */
#ifndef TRAFFIC_SPAWNER_H
#define TRAFFIC_SPAWNER_H

#include <linux/list.h>
#include <linux/types.h>

#include "ledger/watch.h"
#include "lock.h"

/* Hint without a lock: false if no thread is a spawner. */
bool traffic_spawners_exist(void);
/* The watches that count a process which current forks now. */
void traffic_spawner_watches(struct traffic_watch_set *watches)
	__must_hold(&traffic_lock);

/*
 * Current becomes a spawner for @slot, a watch of @owner, or is one no longer.
 * The caller serialises these. Errors: -ENOMEM, -ENOSPC.
 */
int traffic_spawner_on(unsigned int owner, unsigned int slot);
void traffic_spawner_off(unsigned int owner);
/* No thread is a spawner for @owner afterwards. */
void traffic_spawner_close_owner(unsigned int owner);

#endif
