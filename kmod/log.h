/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel log says of the programs that the module itself watches.
 * Sessions read /proc; the log is for who loads the module by hand.
 */
#ifndef TRAFFIC_LOG_H
#define TRAFFIC_LOG_H

#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "counts/counters.h"

/* %*pE: a name with a newline in it cannot forge a line of the log. */
static inline void traffic_log_watched(const char *name)
{
	pr_info("program %*pE is monitored.\n", (int)strlen(name), name);
}

static inline void traffic_log_attached(pid_t pid)
{
	pr_info("process with PID = %d is monitored.\n", pid);
}

static inline void traffic_log_exec(const char *name, pid_t pid)
{
	pr_info("program %*pE with PID = %d executed.\n", (int)strlen(name),
		name, pid);
}

static inline void traffic_log_transfer(enum traffic_direction direction,
					u64 bytes)
{
	pr_info("process %s %llu bytes.\n",
		direction == TRAFFIC_RX ? "received" : "sent", bytes);
}

/* @always: else a process that moved nothing passes in silence. */
static inline void traffic_log_exit(pid_t pid, bool always,
				    const struct traffic_totals *totals)
{
	u64 rx = traffic_totals_sum(totals, TRAFFIC_RX).bytes;
	u64 tx = traffic_totals_sum(totals, TRAFFIC_TX).bytes;

	if (!always && !rx && !tx)
		return;
	pr_info("process with PID = %d exited.\n", pid);
	pr_info("received %llu bytes.\n", rx);
	pr_info("sent      %llu bytes.\n", tx);
}

#endif
