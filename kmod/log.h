/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel log says about the programs that the module itself watches.
 * The log is for a user who loads the module by hand; sessions read /proc.
 */
#ifndef TRAFFIC_LOG_H
#define TRAFFIC_LOG_H

#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

/* %*pE escapes the name: a newline in it cannot forge a line of the log. */
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

static inline void traffic_log_transfer(bool received, u64 bytes)
{
	pr_info("process %s %llu bytes.\n", received ? "received" : "sent",
		bytes);
}

/* With @always false, a process without traffic is not logged. */
static inline void traffic_log_exit(pid_t pid, bool always, u64 received,
				    u64 sent)
{
	if (!always && !received && !sent)
		return;
	pr_info("process with PID = %d exited.\n", pid);
	pr_info("received %llu bytes.\n", received);
	pr_info("sent      %llu bytes.\n", sent);
}

#endif
