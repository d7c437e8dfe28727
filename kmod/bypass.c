// SPDX-License-Identifier: GPL-2.0-only
/*
 * io_uring's zero-copy receive (6.15) leaves payload in pages that the device
 * has filled, and tells the program where: no function of a socket is called.
 */
#include "traffic.h"
#include "bypass.h"

#include <linux/ftrace.h>
#include <linux/preempt.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "compat.h"
#include "ledger.h"

static unsigned char function[] = "io_zcrx_recv";
static bool known, attached;

/* As the redirection: no lock, no sleep, nothing that is traced. */
static void notrace notice(unsigned long ip, unsigned long parent_ip,
			   struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	if (likely(!traffic_maybe_target(current->tgid)) || !in_task())
		return;
	preempt_disable_notrace();
	traffic_mark_current(TRAFFIC_ZCRX);
	preempt_enable_notrace();
}

static struct ftrace_ops ops = {
	.func = notice,
};

int traffic_bypass_attach(void)
{
	int err;

	/* It is not exported; ftrace knows it by its name, or not at all. */
	err = ftrace_set_filter(&ops, function, strlen(function), 1);
	if (err == -EINVAL) {
		ftrace_free_filter(&ops);
		return 0;
	}
	if (!err)
		err = register_ftrace_function(&ops);
	if (err) {
		pr_err("error - %s cannot be attached: %d.\n", function, err);
		ftrace_free_filter(&ops);
		return err;
	}
	known = true;
	attached = true;
	return 0;
}

int traffic_bypass_detach(void)
{
	int err;

	if (!attached)
		return 0;
	/* Waits for RCU tasks, since ops is in a module. */
	err = unregister_ftrace_function(&ops);
	if (err)
		return err;
	ftrace_free_filter(&ops);
	attached = false;
	return 0;
}

void traffic_bypass_show(struct seq_file *file)
{
	seq_printf(file, "hook.%s\t%s\n", function,
		   attached ? "attached" :
		   known    ? "detached" :
			      "absent");
}
