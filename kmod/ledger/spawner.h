/* SPDX-License-Identifier: GPL-2.0-only */
/* Threads whose children belong to a session: "children on". */
#ifndef TRAFFIC_SPAWNER_H
#define TRAFFIC_SPAWNER_H

#include <linux/list.h>
#include <linux/types.h>

#include "ledger/watch.h"

/* Without the lock: whether a fork has to ask at all. */
bool traffic_spawners_exist(void);
/* Under traffic_lock: the watches that what current forks now counts for. */
void traffic_spawner_watches(struct traffic_watch_set *watches);

/*
 * Current is one for @slot, a watch of @owner; or is none any more. The caller
 * serialises them. -ENOMEM, -ENOSPC.
 */
int traffic_spawner_on(unsigned int owner, unsigned int slot);
void traffic_spawner_off(unsigned int owner);
/* No thread is one for @owner any more. */
void traffic_spawner_close_owner(unsigned int owner);

#endif
