/* SPDX-License-Identifier: GPL-2.0-only */
/* What passes the hooks, or cannot be told from payload: noticed. */
#ifndef TRAFFIC_BYPASS_H
#define TRAFFIC_BYPASS_H

struct seq_file;

/* A kernel without such a path is no error; of one, detach what was attached. */
int traffic_bypass_attach(void);
/* None is running afterwards; an error as of traffic_redirect_detach(). */
int traffic_bypass_detach(void);
void traffic_bypass_show(struct seq_file *file);

#endif
