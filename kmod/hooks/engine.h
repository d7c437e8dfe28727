/* SPDX-License-Identifier: GPL-2.0-only */
/* All hooks together: on, off, and in what state. */
#ifndef TRAFFIC_ENGINE_H
#define TRAFFIC_ENGINE_H

#include <linux/types.h>

struct seq_file;

enum traffic_engine_state {
	TRAFFIC_COUNTING,
	TRAFFIC_STOPPING, /* hooks are off, calls are still in flight */
	TRAFFIC_STOPPED,
};

/* The caller serialises these three; they sleep. */
int traffic_engine_start(void);
/*
 * No hook, no call in flight, every record ended; what was counted stays
 * readable. Waits for at most @seconds and may be called again after -EBUSY; 0:
 * as long as it takes.
 */
int traffic_engine_stop(unsigned int seconds);
enum traffic_engine_state traffic_engine_state(void);

/* A line a hook. */
void traffic_engine_show_hooks(struct seq_file *file);

#endif
