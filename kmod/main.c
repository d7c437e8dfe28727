// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"

#include <linux/delay.h>
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "account/account.h"
#include "counts/counters.h"
#include "hooks/engine.h"
#include "counts/flow.h"
#include "ledger/image.h"
#include "ledger/ledger.h"
#include "params.h"
#include "proc/procfs.h"

static int __init traffic_init(void)
{
	int err;

	err = params_check();
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
	traffic_counters_setup();
	traffic_account_init();
	err = traffic_engine_start();
	if (err)
		goto out_ledger;
	/* Before what is watched is logged and can be read. */
	pr_info("loaded.\n");
	err = params_watch();
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
	/* Nobody is inside a file afterwards, and no session is left. */
	traffic_procfs_exit();
	/* Readers find records under RCU. */
	synchronize_rcu();
	/*
	 * Hooks off, calls in flight out. If ftrace cannot let go of us, its
	 * call sites still point into our text: an rmmod that never ends is
	 * better than the oops that would follow its end.
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
