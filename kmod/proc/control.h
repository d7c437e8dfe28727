/* SPDX-License-Identifier: GPL-2.0-only */
/* The file /proc/net_traffic/control, and the sessions that it opens. */
#ifndef TRAFFIC_CONTROL_H
#define TRAFFIC_CONTROL_H

/* How many sessions are open. */
unsigned int traffic_sessions(void);

#endif
