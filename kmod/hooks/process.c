// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "hooks/process.h"

#include <linux/binfmts.h>
#include <linux/preempt.h>
#include <linux/sched/signal.h>
#include <trace/events/sched.h>

#include "compat.h"
#include "account/lifecycle.h"

/*
 * The path of a program is resolved in a buffer of the CPU, so preemption has
 * to be off; not every kernel calls the probes of a tracepoint like that.
 */

/* After the point of no return: an exec that fails does not come here. */
static void probe_exec(void *data, struct task_struct *task, pid_t old_pid,
		       struct linux_binprm *bprm)
{
	preempt_disable_notrace();
	traffic_exec(task, bprm);
	preempt_enable_notrace();
}

/* After the fork cannot fail, and before the child runs. */
static void probe_fork(void *data, struct task_struct *parent,
		       struct task_struct *child)
{
	traffic_fork(parent, child);
}

/* Before the files are closed, after which nothing is transferred. */
static TRAFFIC_EXIT_PROBE(probe_exit, task, group_dead)
{
	if (traffic_group_dead(task, group_dead))
		traffic_exit_process(task);
}

struct traffic_probe traffic_process_probes[TRAFFIC_PROCESS_PROBES] = {
	{ .name = "sched_process_exec", .function = probe_exec },
	{ .name = "sched_process_fork", .function = probe_fork },
	{ .name = "sched_process_exit", .function = probe_exit },
};

/* The compiler compares the probes with this kernel's prototypes. */
static void __maybe_unused check_prototypes(void)
{
	check_trace_callback_type_sched_process_exec(probe_exec);
	check_trace_callback_type_sched_process_fork(probe_fork);
	check_trace_callback_type_sched_process_exit(probe_exit);
}
