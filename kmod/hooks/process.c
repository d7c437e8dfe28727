// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "hooks/process.h"

#include <linux/binfmts.h>
#include <linux/preempt.h>
#include <linux/sched/signal.h>
#include <trace/events/sched.h>

#include "account/lifecycle.h"
#include "compat.h"

/*
 * Runs after the point of no return: an exec that fails does not get here.
 * Preemption has to be off, because the path of the program is resolved in a
 * buffer of the CPU, and not every kernel turns it off for probes.
 */
static void probe_exec(void *data, struct task_struct *task, pid_t old_pid,
		       struct linux_binprm *bprm)
{
	preempt_disable_notrace();
	traffic_exec(task, bprm);
	preempt_enable_notrace();
}

/* Runs when the fork can no longer fail, and before the child runs. */
static void probe_fork(void *data, struct task_struct *parent,
		       struct task_struct *child)
{
	traffic_fork(parent, child);
}

/*
 * Runs before the files of the process are closed. Afterwards the process makes
 * no further call, but the kernel may still send the rest of a queue.
 */
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

/* Makes the compiler compare the probes with the prototypes of this kernel. */
static void __maybe_unused check_process_prototypes(void)
{
	check_trace_callback_type_sched_process_exec(probe_exec);
	check_trace_callback_type_sched_process_fork(probe_fork);
	check_trace_callback_type_sched_process_exit(probe_exit);
}
