// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"

#include <linux/delay.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "account/account.h"
#include "counts/counters.h"
#include "counts/flow.h"
#include "hooks/engine.h"
#include "ledger/image.h"
#include "ledger/ledger.h"
#include "ledger/owner.h"
#include "params.h"
#include "proc/procfs.h"

static int __init watch_names(void)
{
	char *names, *rest, *name;
	int err = 0;

	if (!*traffic_param_fname)
		return 0;
	names = kstrdup(traffic_param_fname, GFP_KERNEL);
	if (!names)
		return -ENOMEM;
	rest = names;
	while (!err && (name = strsep(&rest, ",")))
		err = traffic_owner_watch(TRAFFIC_OWNER_MODULE, name,
					  traffic_param_follow);
	if (err)
		pr_err("error - not all of fname= can be watched: %d.\n", err);
	kfree(names);
	return err;
}

static int __init watch_pids(void)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < traffic_param_pids_count && !err; i++) {
		pid_t pid = traffic_param_pids[i];

		err = traffic_owner_attach(TRAFFIC_OWNER_MODULE, pid,
					   traffic_param_follow);
		if (err == -EEXIST) /* pid= names it twice */
			err = 0;
		if (err == -ESRCH)
			pr_err("error - no process with PID = %d to monitor.\n",
			       pid);
		else if (err)
			pr_err("error - process with PID = %d cannot be monitored: %d.\n",
			       pid, err);
	}
	return err;
}

/*
 * Starts the module's own watches (owner 0): the programs in fname= and the
 * processes in pid=.
 */
static int __init watch_from_params(void)
{
	int err = watch_names();

	return err ?: watch_pids();
}

static int __init traffic_init(void)
{
	int err;

	err = traffic_params_check();
	if (err)
		return err;
	err = traffic_image_init();
	if (err)
		return err;
	err = traffic_flows_init();
	if (err)
		goto out_image;
	err = traffic_ledger_init();
	if (err)
		goto out_flows;
	traffic_counters_setup(&traffic_no_flow);
	traffic_account_init();
	err = traffic_engine_start();
	if (err)
		goto out_ledger;
	/*
	 * Logged before watch_from_params(), which logs a line for each
	 * program.
	 */
	pr_info("loaded.\n");
	err = watch_from_params();
	if (err)
		goto out_engine;
	err = traffic_procfs_init();
	if (err)
		goto out_engine;
	return 0;

out_engine:
	pr_info("unloaded.\n");
	while (traffic_engine_stop(0))
		ssleep(1);
out_ledger:
	traffic_ledger_exit();
out_flows:
	traffic_flows_exit();
out_image:
	traffic_image_exit();
	return err;
}

static void __exit traffic_exit(void)
{
	/*
	 * Afterwards no process is in a file operation of ours, and no session
	 * is open.
	 */
	traffic_procfs_exit();
	/* Wait for readers that found a record under RCU. */
	synchronize_rcu();
	/*
	 * Turns the hooks off and waits for the calls in flight. While ftrace
	 * cannot release the hooks, call sites in the kernel point into our
	 * text: an rmmod that never returns is better than an oops.
	 */
	while (traffic_engine_stop(0))
		ssleep(60);
	traffic_ledger_exit();
	traffic_flows_exit();
	traffic_image_exit();
	pr_info("unloaded.\n");
}

module_init(traffic_init);
module_exit(traffic_exit);

MODULE_LICENSE("GPL");
MODULE_VERSION(TRAFFIC_VERSION);
MODULE_DESCRIPTION("Counts what programs send and receive over the network");
