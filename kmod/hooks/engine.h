/* SPDX-License-Identifier: GPL-2.0-only */
/* Turns all hooks on and off together. */
#ifndef TRAFFIC_ENGINE_H
#define TRAFFIC_ENGINE_H

#include <linux/types.h>

struct seq_file;

enum traffic_engine_state {
	TRAFFIC_COUNTING,
	TRAFFIC_STOPPING, /* the hooks are off; calls are still in flight */
	TRAFFIC_STOPPED,
};

/* The caller serialises these two; both sleep. */
int traffic_engine_start(void);
/*
 * Removes the hooks, waits for the calls in flight, and ends every record. The
 * counts stay readable. Waits for at most @seconds, or without limit if that is
 * 0. After -EBUSY it can be called again.
 */
int traffic_engine_stop(unsigned int seconds);

enum traffic_engine_state traffic_engine_state(void);

/* Prints one line for each hook. */
void traffic_engine_show_hooks(struct seq_file *file);

#endif
