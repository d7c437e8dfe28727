// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes a function as a livepatch does: nobody else may redirect it meanwhile.
 *   insmod taken.ko function=NAME
 */
#define pr_fmt(fmt) "taken: " fmt

#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/string.h>

static char *function = "";
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "the function to take");

static void notrace leave_alone(unsigned long ip, unsigned long parent_ip,
				struct ftrace_ops *ops,
				struct ftrace_regs *fregs)
{
}

static struct ftrace_ops ops = {
	.func = leave_alone,
	.flags = FTRACE_OPS_FL_IPMODIFY,
};

static int __init taken_init(void)
{
	int err = ftrace_set_filter(&ops, function, strlen(function), 1);

	return err ?: register_ftrace_function(&ops);
}

static void __exit taken_exit(void)
{
	unregister_ftrace_function(&ops);
	ftrace_free_filter(&ops);
}

module_init(taken_init);
module_exit(taken_exit);
MODULE_DESCRIPTION("Takes a function as a livepatch does");
MODULE_LICENSE("GPL");
