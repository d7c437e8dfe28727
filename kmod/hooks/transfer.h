/* SPDX-License-Identifier: GPL-2.0-only */
/* engine=tracepoint: probes on the tracepoints of the socket layer. */
#ifndef TRAFFIC_TRANSFER_PROBES_H
#define TRAFFIC_TRANSFER_PROBES_H

#include "hooks/tracepoint.h"

#define TRAFFIC_TRANSFER_PROBES 2
extern struct traffic_probe traffic_transfer_probes[TRAFFIC_TRANSFER_PROBES];

#endif
