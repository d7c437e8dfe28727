/* SPDX-License-Identifier: GPL-2.0-only */
/* Probes on the scheduler's tracepoints: exec, fork and exit. */
#ifndef TRAFFIC_PROCESS_H
#define TRAFFIC_PROCESS_H

#include "hooks/tracepoint.h"

#define TRAFFIC_PROCESS_PROBES 3
extern struct traffic_probe traffic_process_probes[TRAFFIC_PROCESS_PROBES];

#endif
