/* SPDX-License-Identifier: GPL-2.0-only */
/* What happens to the ledger when a process executes, forks or exits. */
#ifndef TRAFFIC_LIFECYCLE_H
#define TRAFFIC_LIFECYCLE_H

struct linux_binprm;
struct task_struct;

/*
 * The probes of the scheduler's tracepoints call these. traffic_exec() needs
 * preemption off. The others take traffic_lock for what they change.
 */
void traffic_exec(struct task_struct *task, struct linux_binprm *bprm);
void traffic_fork(struct task_struct *parent, struct task_struct *child);
/*
 * The last thread of the process is exiting. Two threads may both see that they
 * are the last one: the second call finds no record.
 */
void traffic_exit_process(struct task_struct *task);

#endif
