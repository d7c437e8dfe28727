/* SPDX-License-Identifier: GPL-2.0-only */
/* Probes on tracepoints of the kernel, which a module has to find by name. */
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
 * Attaches all probes or none. Logs an error with the name of the tracepoint.
 * -ENOENT: the kernel does not have it.
 */
int traffic_probes_attach(struct traffic_probe *probes, size_t count);
/* A probe may still be running until traffic_probes_wait() has returned. */
void traffic_probes_detach(struct traffic_probe *probes, size_t count);
void traffic_probes_wait(void);

#endif
