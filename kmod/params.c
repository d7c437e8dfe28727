// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "params.h"

#include <linux/limits.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/user_namespace.h>

#include "proc/command.h"
#include "compat.h"
#include "family.h"
#include "ledger/owner.h"
#include "ledger/watch.h"

#define MAX_PIDS 64
#define MAX_HISTORY 1048576
#define MAX_FLOWS 65536

static char *fname = "";
module_param(fname, charp, 0400);
MODULE_PARM_DESC(
	fname,
	"programs to watch, by name or path, separated by commas; * and ? as in a shell");

static int pid[MAX_PIDS];
static unsigned int pids;
module_param_array(pid, int, &pids, 0400);
MODULE_PARM_DESC(pid, "processes that run already, to count from now on");

static bool idle;
module_param(idle, bool, 0444);
MODULE_PARM_DESC(idle, "load with nothing watched (default 0)");

bool params_follow = true;
module_param_named(follow, params_follow, bool, 0444);
MODULE_PARM_DESC(follow,
		 "count the children of watched processes too (default 1)");

bool params_log_packets;
module_param_named(log_packets, params_log_packets, bool, 0444);
MODULE_PARM_DESC(log_packets,
		 "a line in the kernel log for each transfer (default 0)");

unsigned int params_history = 1024;
module_param_named(history, params_history, uint, 0444);
MODULE_PARM_DESC(
	history,
	"ended processes to keep until they are cleared (default 1024)");

unsigned int params_max_flows = 1024;
module_param_named(max_flows, params_max_flows, uint, 0444);
MODULE_PARM_DESC(
	max_flows,
	"flows to tell apart in a process; what exceeds them is summed; 0 keeps none (default 1024)");

static char *families = "inet";
module_param(families, charp, 0444);
MODULE_PARM_DESC(
	families,
	"socket families to count: inet (IPv4 and IPv6, always), and unix, packet, vsock (default inet)");

const char *const params_family_names[TRAFFIC_FAMILIES] = {
	[TRAFFIC_FAMILY_INET] = "inet",
	[TRAFFIC_FAMILY_UNIX] = "unix",
	[TRAFFIC_FAMILY_PACKET] = "packet",
	[TRAFFIC_FAMILY_VSOCK] = "vsock",
};

unsigned int params_families;

static int gid = -1;
module_param(gid, int, 0444);
MODULE_PARM_DESC(gid, "a group that may read the counters (default -1: none)");

#if TRAFFIC_HAS_SOCK_TRACEPOINTS
enum traffic_engine params_engine = TRAFFIC_ENGINE_TRACEPOINT;
#else
enum traffic_engine params_engine = TRAFFIC_ENGINE_REDIRECT;
#endif

static const char *const engine_names[] = {
	[TRAFFIC_ENGINE_TRACEPOINT] = "tracepoint",
	[TRAFFIC_ENGINE_REDIRECT] = "redirect",
};

static int set_engine(const char *value, const struct kernel_param *kp)
{
	int engine = sysfs_match_string(engine_names, value);

	if (engine < 0) {
		pr_err("error - engine is tracepoint or redirect.\n");
		return engine;
	}
	if (engine == TRAFFIC_ENGINE_TRACEPOINT &&
	    !TRAFFIC_HAS_SOCK_TRACEPOINTS) {
		pr_err("error - this kernel lacks what engine=tracepoint needs (Linux 6.5).\n");
		return -EINVAL;
	}
	params_engine = engine;
	return 0;
}

static int get_engine(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", engine_names[params_engine]);
}

static const struct kernel_param_ops engine_ops = {
	.set = set_engine,
	.get = get_engine,
};
module_param_cb(engine, &engine_ops, NULL, 0444);
MODULE_PARM_DESC(
	engine,
	"how transfers are seen: tracepoint (Linux 6.5 and later, the default there) or redirect");

static int check_names(void)
{
	const char *name = fname;
	size_t size;
	int err;

	if (!*fname && (idle || pids))
		return 0;
	do {
		size = strcspn(name, ",");
		err = traffic_check_name(name, size);
		if (err)
			return err;
		name += size;
	} while (*name++);
	return 0;
}

/* Which name the first @size bytes of @word are, or -EINVAL. */
static int family_named(const char *word, size_t size)
{
	int family;

	for (family = 0; family < TRAFFIC_FAMILIES; family++)
		if (strlen(params_family_names[family]) == size &&
		    !strncmp(params_family_names[family], word, size))
			return family;
	return -EINVAL;
}

static int read_families(void)
{
	const char *word = families;
	size_t size;
	int family;

	do {
		size = strcspn(word, ",");
		family = family_named(word, size);
		if (family < 0)
			return family;
		params_families |= BIT(family);
		word += size;
	} while (*word++);
	return params_families & BIT(TRAFFIC_FAMILY_INET) ? 0 : -EINVAL;
}

int params_check(void)
{
	if (check_names()) {
		pr_err("error - incorrect filename.\n");
		return -EINVAL;
	}
	if (params_history < 1 || params_history > MAX_HISTORY) {
		pr_err("error - history is 1 to %d.\n", MAX_HISTORY);
		return -EINVAL;
	}
	if (params_max_flows > MAX_FLOWS) {
		pr_err("error - max_flows is 0 to %d.\n", MAX_FLOWS);
		return -EINVAL;
	}
	if (read_families()) {
		pr_err("error - families is inet, and with it unix, packet, vsock.\n");
		return -EINVAL;
	}
	if (gid < -1) {
		pr_err("error - gid is a group's number.\n");
		return -EINVAL;
	}
	return 0;
}

static int watch_names(void)
{
	char *names, *rest, *name;
	int err = 0;

	if (!*fname)
		return 0;
	names = kstrdup(fname, GFP_KERNEL);
	if (!names)
		return -ENOMEM;
	rest = names;
	while (!err && (name = strsep(&rest, ",")))
		err = traffic_owner_watch(TRAFFIC_OWNER_MODULE, name,
					  params_follow);
	if (err)
		pr_err("error - not all of fname= can be watched: %d.\n", err);
	kfree(names);
	return err;
}

static int watch_pids(void)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < pids && !err; i++) {
		err = traffic_owner_attach(TRAFFIC_OWNER_MODULE, pid[i],
					   params_follow);
		if (err == -EEXIST) /* named twice */
			err = 0;
		if (err == -ESRCH)
			pr_err("error - no process with PID = %d to monitor.\n",
			       pid[i]);
		else if (err)
			pr_err("error - process with PID = %d cannot be monitored: %d.\n",
			       pid[i], err);
	}
	return err;
}

int params_watch(void)
{
	int err = watch_names();

	return err ?: watch_pids();
}

kgid_t params_group(void)
{
	return gid < 0 ? INVALID_GID : make_kgid(&init_user_ns, gid);
}
