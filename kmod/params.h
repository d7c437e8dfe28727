/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parameters of the module. They are constant once traffic_params_check()
 * has returned 0. families= is in family.h.
 */
#ifndef TRAFFIC_PARAMS_H
#define TRAFFIC_PARAMS_H

#include <linux/types.h>
#include <linux/uidgid.h>

enum traffic_engine {
	TRAFFIC_ENGINE_TRACEPOINT,
	TRAFFIC_ENGINE_REDIRECT,
};

#define TRAFFIC_PARAM_PIDS_MAX 64

extern char *traffic_param_fname; /* names separated by commas, or "" */
extern int traffic_param_pids[TRAFFIC_PARAM_PIDS_MAX];
extern unsigned int traffic_param_pids_count;
extern enum traffic_engine traffic_param_engine;
extern bool traffic_param_follow;
extern bool traffic_param_log_packets;
extern unsigned int traffic_param_history;
extern unsigned int traffic_param_max_flows; /* for each process; 0: no flows */

/* The names that families= takes, by enum traffic_family. */
extern const char *const traffic_family_names[];

/* Returns 0, or -EINVAL after logging which parameter is wrong. */
int traffic_params_check(void);
/* Returns the group that may read the files, or INVALID_GID. */
kgid_t traffic_params_group(void);

#endif
