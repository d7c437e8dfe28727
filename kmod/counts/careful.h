/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Careful mode: no call takes the cached path of account/fast.h. Calls of
 * processes that are not targets are not affected.
 */
#ifndef TRAFFIC_CAREFUL_H
#define TRAFFIC_CAREFUL_H

#include <linux/atomic.h>

/*
 * Non-zero while a transfer event is enabled, log_packets is set or the file
 * flows is open.
 */
extern atomic_t traffic_careful;

/* How many of these are open flows files. */
extern atomic_t traffic_careful_readers;

/*
 * Between these two a reader can see the counters and the flows of one moment:
 * each call adds to both under the lock of the record's flows. The first one
 * sleeps.
 */
void traffic_careful_begin(void);
void traffic_careful_end(void);

#endif
