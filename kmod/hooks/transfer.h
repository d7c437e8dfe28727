/* SPDX-License-Identifier: GPL-2.0-only */
/* engine=tracepoint: what the socket layer's own tracepoints report. */
#ifndef TRAFFIC_TRANSFER_H
#define TRAFFIC_TRANSFER_H

#include "hooks/tracepoint.h"

#define TRAFFIC_TRANSFER_PROBES 2
extern struct traffic_probe traffic_transfer_probes[TRAFFIC_TRANSFER_PROBES];

#endif
