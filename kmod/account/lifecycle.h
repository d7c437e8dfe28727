/* SPDX-License-Identifier: GPL-2.0-only */
/* What becomes of the ledger when programs start, fork and end. */
#ifndef TRAFFIC_LIFECYCLE_H
#define TRAFFIC_LIFECYCLE_H

struct linux_binprm;
struct task_struct;

/* From the probes of the scheduler's tracepoints, with preemption off. */
void traffic_exec(struct task_struct *task, struct linux_binprm *bprm);
void traffic_fork(struct task_struct *parent, struct task_struct *child);
/* The last thread of a process is ending. A second call finds nothing. */
void traffic_exit_process(struct task_struct *task);

#endif
