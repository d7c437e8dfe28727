/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Notices traffic that passes none of the other hooks, or that they cannot
 * distinguish from payload.
 */
#ifndef TRAFFIC_BYPASS_H
#define TRAFFIC_BYPASS_H

struct seq_file;

/*
 * A kernel without such a function is not an error. After an error, call
 * traffic_bypass_detach(): some may be attached.
 */
int traffic_bypass_attach(void);
/*
 * Afterwards none of the hooks is running. An error means the same as that of
 * traffic_redirect_detach().
 */
int traffic_bypass_detach(void);
void traffic_bypass_show(struct seq_file *file);

#endif
