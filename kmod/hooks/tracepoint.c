// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "hooks/tracepoint.h"

#include <linux/printk.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

static void probe_match_name(struct tracepoint *tracepoint, void *data)
{
	struct traffic_probe *probe = data;

	if (!strcmp(tracepoint->name, probe->name))
		probe->tracepoint = tracepoint;
}

static int probe_attach(struct traffic_probe *probe)
{
	int err;

	for_each_kernel_tracepoint(probe_match_name, probe);
	err = probe->tracepoint ?
		      tracepoint_probe_register(probe->tracepoint,
						probe->function, NULL) :
		      -ENOENT;
	if (err)
		pr_err("error - tracepoint %s cannot be attached: %d.\n",
		       probe->name, err);
	else
		probe->attached = true;
	return err;
}

int traffic_probes_attach(struct traffic_probe *probes, size_t count)
{
	size_t i;
	int err;

	for (i = 0; i < count; i++) {
		err = probe_attach(&probes[i]);
		if (err) {
			traffic_probes_detach(probes, i);
			traffic_probes_wait();
			return err;
		}
	}
	return 0;
}

void traffic_probes_detach(struct traffic_probe *probes, size_t count)
{
	while (count--) {
		struct traffic_probe *probe = &probes[count];

		if (!probe->attached)
			continue;
		tracepoint_probe_unregister(probe->tracepoint, probe->function,
					    NULL);
		probe->attached = false;
	}
}

void traffic_probes_wait(void)
{
	tracepoint_synchronize_unregister();
}
