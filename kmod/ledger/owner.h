/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an owner can ask for. All functions may sleep, and the caller serialises
 * them. Errors: -ENOSPC: no free slot. -ENOMEM. -ENOENT: no such watch. -ESRCH:
 * no such process, or it is not monitored for this owner. -EEXIST: already
 * attached.
 */
#ifndef TRAFFIC_OWNER_H
#define TRAFFIC_OWNER_H

#include <linux/types.h>

int traffic_owner_watch(unsigned int owner, const char *name, bool follow);
int traffic_owner_unwatch(unsigned int owner, const char *name);
int traffic_owner_attach(unsigned int owner, pid_t pid, bool follow);
int traffic_owner_detach(unsigned int owner, pid_t pid);
/* Starts or stops to monitor the processes that current forks from now on. */
int traffic_owner_children(unsigned int owner, bool on);
/* Clears the ended records up to @end_seq. */
void traffic_owner_clear(unsigned int owner, u64 end_seq);
/*
 * Ends all watches of the owner, and removes the records that have no other
 * owner.
 */
void traffic_owner_close(unsigned int owner);

/* Counting is over: ends every running record as detached. */
void traffic_records_detach_all(void);

#endif
