// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "hooks/bypass.h"

#include <linux/ftrace.h>
#include <linux/net.h>
#include <linux/preempt.h>
#include <linux/seq_file.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <net/sock.h>

#include "account/sctp.h"
#include "compat.h"
#include "ledger/ledger.h"
#include "params.h"

/*
 * The two callbacks take no lock, do not sleep and call nothing that can be
 * traced, like redirect_callback().
 *
 * io_uring's zero-copy receive (6.15) leaves the payload in pages that the
 * device filled, and reports their addresses to the program. It calls no
 * function of the socket, so it cannot be counted: the records of the process
 * become a lower bound.
 */
static void notrace notice_zcrx(unsigned long ip, unsigned long parent_ip,
				struct ftrace_ops *ops,
				struct ftrace_regs *fregs)
{
	if (likely(!traffic_maybe_target(current->tgid)) || !in_task())
		return;
	preempt_disable_notrace();
	traffic_records_mark_current(TRAFFIC_ZCRX);
	preempt_enable_notrace();
}

static void notrace notice_sctp_option(unsigned long ip,
				       unsigned long parent_ip,
				       struct ftrace_ops *ops,
				       struct ftrace_regs *fregs)
{
	const struct socket *sock = (void *)traffic_argument(fregs, 0);

	if (traffic_sock_is_sctp(sock->sk) &&
	    (int)traffic_argument(fregs, 1) == SOL_SCTP)
		traffic_sctp_notice_option(sock->sk,
					   (int)traffic_argument(fregs, 2));
}

static struct bypass {
	unsigned char function[24];
	struct ftrace_ops ops;
	bool by_tracepoint; /* only engine=tracepoint needs it */
	bool known, attached;
} bypasses[] = {
	{ .function = "io_zcrx_recv", .ops.func = notice_zcrx },
	{ .function = "sock_common_setsockopt",
	  .ops.func = notice_sctp_option,
	  .by_tracepoint = true },
};

static int bypass_attach(struct bypass *bypass)
{
	int err;

	/*
	 * By name, because not all functions are exported. -EINVAL: ftrace does
	 * not know the function, so this kernel does not have it.
	 */
	err = ftrace_set_filter(&bypass->ops, bypass->function,
				strlen(bypass->function), 1);
	if (err == -EINVAL) {
		ftrace_free_filter(&bypass->ops);
		return 0;
	}
	if (!err)
		err = register_ftrace_function(&bypass->ops);
	if (err) {
		pr_err("error - %s cannot be attached: %d.\n", bypass->function,
		       err);
		ftrace_free_filter(&bypass->ops);
		return err;
	}
	bypass->known = true;
	bypass->attached = true;
	return 0;
}

int traffic_bypass_attach(void)
{
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(bypasses); i++) {
		if (bypasses[i].by_tracepoint &&
		    traffic_param_engine != TRAFFIC_ENGINE_TRACEPOINT)
			continue;
		err = bypass_attach(&bypasses[i]);
		if (err)
			return err;
	}
	return 0;
}

int traffic_bypass_detach(void)
{
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(bypasses); i++) {
		if (!bypasses[i].attached)
			continue;
		/* Waits for RCU tasks, because the ftrace_ops is in a module. */
		err = unregister_ftrace_function(&bypasses[i].ops);
		if (err)
			return err;
		ftrace_free_filter(&bypasses[i].ops);
		bypasses[i].attached = false;
	}
	return 0;
}

void traffic_bypass_show(struct seq_file *file)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bypasses); i++)
		seq_printf(file, "hook.%s\t%s\n", bypasses[i].function,
			   bypasses[i].attached ? "attached" :
			   bypasses[i].known	? "detached" :
						  "absent");
}
