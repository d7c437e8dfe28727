/* SPDX-License-Identifier: GPL-2.0-only */
/* The folder /proc/net_traffic. */
#ifndef TRAFFIC_PROCFS_H
#define TRAFFIC_PROCFS_H

int traffic_procfs_init(void);
/* Afterwards no process is inside a file, and every session is closed. */
void traffic_procfs_exit(void);

#endif
