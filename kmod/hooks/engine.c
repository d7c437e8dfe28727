// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "hooks/engine.h"

#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>

#include "hooks/bypass.h"
#include "hooks/flight.h"
#include "ledger/owner.h"
#include "params.h"
#include "hooks/process.h"
#include "hooks/redirect.h"
#include "hooks/transfer.h"
#include "hooks/wrappers.h"

static enum traffic_engine_state state = TRAFFIC_STOPPED;

static bool by_tracepoint(void)
{
	return params_engine == TRAFFIC_ENGINE_TRACEPOINT;
}

static int detach_ftrace(void)
{
	int err = traffic_bypass_detach();

	if (!err)
		err = traffic_redirect_detach();
	if (err)
		pr_err("error - ftrace does not let go: %d. The module stays.\n",
		       err);
	return err;
}

int traffic_engine_start(void)
{
	int err;

	traffic_flights_init();
	/* Transfers first: a process is counted from its first one. */
	err = traffic_redirect_attach(!by_tracepoint());
	if (err)
		return err;
	err = traffic_bypass_attach();
	if (err)
		goto out_ftrace;
	if (by_tracepoint()) {
		err = traffic_probes_attach(traffic_transfer_probes,
					    TRAFFIC_TRANSFER_PROBES);
		if (err)
			goto out_ftrace;
	}
	err = traffic_probes_attach(traffic_process_probes,
				    TRAFFIC_PROCESS_PROBES);
	if (err)
		goto out_transfers;
	WRITE_ONCE(state, TRAFFIC_COUNTING);
	return 0;

out_transfers:
	if (by_tracepoint()) {
		traffic_probes_detach(traffic_transfer_probes,
				      TRAFFIC_TRANSFER_PROBES);
		traffic_probes_wait();
	}
out_ftrace:
	/* Nothing was a target yet, so no call is in flight. */
	while (detach_ftrace())
		ssleep(60);
	return err;
}

static int detach_hooks(void)
{
	/* No new target, and no transfer seen by a probe. */
	traffic_probes_detach(traffic_process_probes, TRAFFIC_PROCESS_PROBES);
	traffic_probes_detach(traffic_transfer_probes, TRAFFIC_TRANSFER_PROBES);
	/* Probes are in our text. */
	traffic_probes_wait();
	/*
	 * Waits for RCU tasks, since ops is in a module: whoever was sent to a
	 * wrapper has passed its first instruction and is in flight.
	 */
	return detach_ftrace();
}

int traffic_engine_stop(unsigned int seconds)
{
	int err;

	if (state == TRAFFIC_COUNTING) {
		err = detach_hooks();
		if (err)
			return err;
		WRITE_ONCE(state, TRAFFIC_STOPPING);
	}
	if (state == TRAFFIC_STOPPING) {
		err = traffic_flights_drain(seconds);
		if (err)
			return err;
		/*
		 * A wrapper's last instructions after it left the list, and
		 * those of a wake-up's callback, are in our text as well.
		 */
		synchronize_rcu_tasks();
		traffic_detach_all();
		WRITE_ONCE(state, TRAFFIC_STOPPED);
	}
	return 0;
}

enum traffic_engine_state traffic_engine_state(void)
{
	return READ_ONCE(state);
}

static void show(struct seq_file *file, const char *name, const char *value)
{
	seq_printf(file, "hook.%s\t%s\n", name, value);
}

static void show_probes(struct seq_file *file,
			const struct traffic_probe *probes, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		show(file, probes[i].name,
		     probes[i].attached	  ? "attached" :
		     probes[i].tracepoint ? "detached" :
					    "absent");
}

void traffic_engine_show_hooks(struct seq_file *file)
{
	size_t i;

	show_probes(file, traffic_process_probes, TRAFFIC_PROCESS_PROBES);
	show_probes(file, traffic_transfer_probes, TRAFFIC_TRANSFER_PROBES);
	for (i = 0; i < TRAFFIC_WRAPPED; i++)
		show(file, traffic_wrappers[i].name,
		     traffic_wrappers[i].attached ? "attached" :
		     traffic_wrappers[i].original ? "detached" :
						    "absent");
	traffic_bypass_show(file);
}
