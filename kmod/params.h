/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's parameters; constant once params_check() has passed. */
#ifndef TRAFFIC_PARAMS_H
#define TRAFFIC_PARAMS_H

#include <linux/types.h>
#include <linux/uidgid.h>

enum traffic_engine {
	TRAFFIC_ENGINE_TRACEPOINT,
	TRAFFIC_ENGINE_REDIRECT,
};

extern enum traffic_engine params_engine;
extern bool params_follow;
extern bool params_log_packets;
extern unsigned int params_history;
extern unsigned int params_max_flows; /* a process; 0: none are kept */
/* By enum traffic_family; what is counted is in family.h. */
extern const char *const params_family_names[];

/* -EINVAL, with a line in the log that says why. */
int params_check(void);
/* Watches what fname= and pid= name, for the module itself. */
int params_watch(void);
/* The group that may read, or INVALID_GID. */
kgid_t params_group(void);

#endif
