// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "hooks/engine.h"

#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>

#include "hooks/bypass.h"
#include "hooks/flight.h"
#include "hooks/process.h"
#include "hooks/redirect.h"
#include "hooks/transfer.h"
#include "hooks/wrappers.h"
#include "ledger/owner.h"
#include "params.h"

static enum traffic_engine_state engine_state = TRAFFIC_STOPPED;

static bool uses_tracepoints(void)
{
	return traffic_param_engine == TRAFFIC_ENGINE_TRACEPOINT;
}

static int ftrace_hooks_detach(void)
{
	int err = traffic_bypass_detach();

	if (!err)
		err = traffic_redirect_detach();
	if (err)
		pr_err("error - ftrace cannot remove the hooks: %d. The module stays loaded.\n",
		       err);
	return err;
}

int traffic_engine_start(void)
{
	int err;

	traffic_flights_init();
	/* Transfers first: the first call of a process must already be counted. */
	err = traffic_redirect_attach(!uses_tracepoints());
	if (err)
		return err;
	err = traffic_bypass_attach();
	if (err)
		goto out_ftrace;
	if (uses_tracepoints()) {
		err = traffic_probes_attach(traffic_transfer_probes,
					    TRAFFIC_TRANSFER_PROBES);
		if (err)
			goto out_ftrace;
	}
	err = traffic_probes_attach(traffic_process_probes,
				    TRAFFIC_PROCESS_PROBES);
	if (err)
		goto out_transfers;
	WRITE_ONCE(engine_state, TRAFFIC_COUNTING);
	return 0;

out_transfers:
	if (uses_tracepoints()) {
		traffic_probes_detach(traffic_transfer_probes,
				      TRAFFIC_TRANSFER_PROBES);
		traffic_probes_wait();
	}
out_ftrace:
	/* There has been no target yet, so no call is in flight. */
	while (ftrace_hooks_detach())
		ssleep(60);
	return err;
}

static int hooks_detach(void)
{
	/* From here on no process becomes a target, and no probe is called. */
	traffic_probes_detach(traffic_process_probes, TRAFFIC_PROCESS_PROBES);
	traffic_probes_detach(traffic_transfer_probes, TRAFFIC_TRANSFER_PROBES);
	/* A probe that is running is in our text. */
	traffic_probes_wait();
	/*
	 * The ftrace_ops are in a module, so ftrace waits for RCU tasks. A task
	 * that was redirected has then entered its wrapper, and is counted as
	 * in flight.
	 */
	return ftrace_hooks_detach();
}

int traffic_engine_stop(unsigned int seconds)
{
	int err;

	if (engine_state == TRAFFIC_COUNTING) {
		err = hooks_detach();
		if (err)
			return err;
		WRITE_ONCE(engine_state, TRAFFIC_STOPPING);
	}
	if (engine_state == TRAFFIC_STOPPING) {
		err = traffic_flights_drain(seconds);
		if (err)
			return err;
		/*
		 * A wrapper runs a few more instructions of our text after its
		 * call is no longer in flight, and so does the callback of a
		 * wake-up after it decremented wakes_pending.
		 */
		synchronize_rcu_tasks();
		traffic_records_detach_all();
		WRITE_ONCE(engine_state, TRAFFIC_STOPPED);
	}
	return 0;
}

enum traffic_engine_state traffic_engine_state(void)
{
	return READ_ONCE(engine_state);
}

static void hook_show(struct seq_file *file, const char *name,
		      const char *value)
{
	seq_printf(file, "hook.%s\t%s\n", name, value);
}

static void probes_show(struct seq_file *file,
			const struct traffic_probe *probes, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		hook_show(file, probes[i].name,
			  probes[i].attached   ? "attached" :
			  probes[i].tracepoint ? "detached" :
						 "absent");
}

void traffic_engine_show_hooks(struct seq_file *file)
{
	size_t i;

	probes_show(file, traffic_process_probes, TRAFFIC_PROCESS_PROBES);
	probes_show(file, traffic_transfer_probes, TRAFFIC_TRANSFER_PROBES);
	for (i = 0; i < TRAFFIC_WRAPPED; i++)
		hook_show(file, traffic_wrappers[i].name,
			  traffic_wrappers[i].attached ? "attached" :
			  traffic_wrappers[i].original ? "detached" :
							 "absent");
	traffic_bypass_show(file);
}
