/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What owners ask for. All may sleep, and the caller serialises them. Errors:
 * -ENOSPC no slot, -ENOMEM, -ENOENT no such watch, -ESRCH no such process or
 * not monitored for this owner, -EEXIST attached already.
 */
#ifndef TRAFFIC_OWNER_H
#define TRAFFIC_OWNER_H

#include <linux/types.h>

int traffic_owner_watch(unsigned int owner, const char *name, bool follow);
int traffic_owner_unwatch(unsigned int owner, const char *name);
int traffic_owner_attach(unsigned int owner, pid_t pid, bool follow);
int traffic_owner_detach(unsigned int owner, pid_t pid);
/* What current forks from here on, or no more. */
int traffic_owner_children(unsigned int owner, bool on);
/* Ended records up to @end_seq. */
void traffic_owner_clear(unsigned int owner, u64 end_seq);
/* All that it watches, and what it monitors for nobody else. */
void traffic_owner_close(unsigned int owner);

/* Counting is over: every running record ends as detached. */
void traffic_detach_all(void);

#endif
