/* SPDX-License-Identifier: GPL-2.0-only */
/* Receives that pass the hooks: not counted, but noticed. */
#ifndef TRAFFIC_BYPASS_H
#define TRAFFIC_BYPASS_H

struct seq_file;

/* A kernel without such a path is no error. */
int traffic_bypass_attach(void);
/* None is running afterwards; an error as of traffic_redirect_detach(). */
int traffic_bypass_detach(void);
void traffic_bypass_show(struct seq_file *file);

#endif
