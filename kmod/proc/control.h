/* SPDX-License-Identifier: GPL-2.0-only */
/* /proc/net_traffic/control and its sessions. */
#ifndef TRAFFIC_CONTROL_H
#define TRAFFIC_CONTROL_H

unsigned int traffic_sessions(void);

#endif
