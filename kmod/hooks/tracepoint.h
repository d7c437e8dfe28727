/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's tracepoints, which a module has to find by name. */
#ifndef TRAFFIC_TRACEPOINT_H
#define TRAFFIC_TRACEPOINT_H

#include <linux/types.h>

struct tracepoint;

struct traffic_probe {
	const char *name;
	void *function;
	struct tracepoint *tracepoint; /* NULL: not found yet */
	bool attached;
};

/*
 * Attaches all or none; an error is logged with the tracepoint's name. -ENOENT:
 * the kernel does not have it.
 */
int traffic_probes_attach(struct traffic_probe *probes, size_t count);
/* Afterwards traffic_probes_wait() makes sure that none is running. */
void traffic_probes_detach(struct traffic_probe *probes, size_t count);
void traffic_probes_wait(void);

#endif
