// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "proc/file.h"

#include <linux/seq_file.h>

#include "counts/flow.h"
#include "family.h"
#include "hooks/engine.h"
#include "hooks/flight.h"
#include "ledger/ledger.h"
#include "params.h"
#include "proc/control.h"

static void show_families(struct seq_file *file)
{
	const char *separator = "families\t";
	int family;

	for (family = 0; family < TRAFFIC_FAMILIES; family++) {
		if (!traffic_family_counts(family))
			continue;
		seq_printf(file, "%s%s", separator,
			   traffic_family_names[family]);
		separator = ",";
	}
	seq_putc(file, '\n');
}

static int status_show(struct seq_file *file, void *unused)
{
	static const char *const states[] = {
		[TRAFFIC_COUNTING] = "counting",
		[TRAFFIC_STOPPING] = "stopping",
		[TRAFFIC_STOPPED] = "stopped",
	};
	struct traffic_ledger_stats stats;

	traffic_ledger_stats(&stats);
	traffic_show_header(file, "key\tvalue");
	seq_puts(file, "version\t" TRAFFIC_VERSION "\n");
	seq_printf(file, "abi\t%d\n", TRAFFIC_ABI);
	seq_printf(file, "engine\t%s\n",
		   traffic_param_engine == TRAFFIC_ENGINE_TRACEPOINT ?
			   "tracepoint" :
			   "redirect");
	show_families(file);
	seq_printf(file, "state\t%s\n", states[traffic_engine_state()]);
	seq_printf(file, "log_packets\t%d\n", traffic_param_log_packets);
	seq_printf(file, "history\t%u\n", traffic_param_history);
	seq_printf(file, "follow\t%d\n", traffic_param_follow);
	seq_printf(file, "flows\t%u\n", traffic_flows_count());
	seq_printf(file, "max_flows\t%u\n", traffic_param_max_flows);
	seq_printf(file, "records_running\t%llu\n", stats.running);
	seq_printf(file, "records_ended\t%llu\n", stats.ended);
	seq_printf(file, "evicted\t%llu\n", stats.evicted);
	seq_printf(file, "alloc_failed\t%llu\n", stats.alloc_failed);
	seq_printf(file, "in_flight\t%u\n", traffic_flights_count());
	seq_printf(file, "sessions\t%u\n", traffic_sessions());
	seq_printf(file, "sessions_max\t%u\n", TRAFFIC_OWNERS - 1);
	seq_printf(file, "watches\t%u\n", stats.watches);
	seq_printf(file, "watches_max\t%u\n", TRAFFIC_WATCHES);
	traffic_engine_show_hooks(file);
	return 0;
}

static int status_open(struct inode *inode, struct file *file)
{
	int err = traffic_may_read(file);

	return err ?: single_open(file, status_show, NULL);
}

const struct proc_ops traffic_status_ops = {
	.proc_open = status_open,
	.proc_read_iter = seq_read_iter,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};
