// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "params.h"

#include <linux/limits.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/user_namespace.h>

#include "compat.h"
#include "family.h"
#include "name.h"

#define MAX_HISTORY 1048576
#define MAX_FLOWS 65536

char *traffic_param_fname = "";
module_param_named(fname, traffic_param_fname, charp, 0400);
MODULE_PARM_DESC(
	fname,
	"programs to watch, by name or path, separated by commas; * and ? match as in a shell");

int traffic_param_pids[TRAFFIC_PARAM_PIDS_MAX];
unsigned int traffic_param_pids_count;
module_param_array_named(pid, traffic_param_pids, int,
			 &traffic_param_pids_count, 0400);
MODULE_PARM_DESC(pid, "running processes to count from now on");

static bool idle;
module_param(idle, bool, 0444);
MODULE_PARM_DESC(idle, "load without watching anything (default 0)");

bool traffic_param_follow = true;
module_param_named(follow, traffic_param_follow, bool, 0444);
MODULE_PARM_DESC(follow,
		 "also count the children of watched processes (default 1)");

bool traffic_param_log_packets;
module_param_named(log_packets, traffic_param_log_packets, bool, 0444);
MODULE_PARM_DESC(log_packets,
		 "log each transfer to the kernel log (default 0)");

unsigned int traffic_param_history = 1024;
module_param_named(history, traffic_param_history, uint, 0444);
MODULE_PARM_DESC(history, "how many ended processes to keep (default 1024)");

unsigned int traffic_param_max_flows = 1024;
module_param_named(max_flows, traffic_param_max_flows, uint, 0444);
MODULE_PARM_DESC(
	max_flows,
	"how many flows to keep for each process; traffic beyond them is counted together; 0 keeps none (default 1024)");

static char *families = "inet";
module_param(families, charp, 0444);
MODULE_PARM_DESC(
	families,
	"socket families to count: inet (IPv4 and IPv6, always), and unix, packet, vsock (default inet)");

const char *const traffic_family_names[TRAFFIC_FAMILIES] = {
	[TRAFFIC_FAMILY_INET] = "inet",
	[TRAFFIC_FAMILY_UNIX] = "unix",
	[TRAFFIC_FAMILY_PACKET] = "packet",
	[TRAFFIC_FAMILY_VSOCK] = "vsock",
};

unsigned int traffic_param_families;

static int gid = -1;
module_param(gid, int, 0444);
MODULE_PARM_DESC(
	gid, "number of a group that may read the counters (default -1: none)");

#if TRAFFIC_HAS_SOCK_TRACEPOINTS
enum traffic_engine traffic_param_engine = TRAFFIC_ENGINE_TRACEPOINT;
#else
enum traffic_engine traffic_param_engine = TRAFFIC_ENGINE_REDIRECT;
#endif

static const char *const engine_names[] = {
	[TRAFFIC_ENGINE_TRACEPOINT] = "tracepoint",
	[TRAFFIC_ENGINE_REDIRECT] = "redirect",
};

static int engine_param_set(const char *value, const struct kernel_param *kp)
{
	int engine = sysfs_match_string(engine_names, value);

	if (engine < 0) {
		pr_err("error - engine must be tracepoint or redirect.\n");
		return engine;
	}
	if (engine == TRAFFIC_ENGINE_TRACEPOINT &&
	    !TRAFFIC_HAS_SOCK_TRACEPOINTS) {
		pr_err("error - this kernel lacks what engine=tracepoint needs (Linux 6.5). Use engine=redirect.\n");
		return -EINVAL;
	}
	traffic_param_engine = engine;
	return 0;
}

static int engine_param_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", engine_names[traffic_param_engine]);
}

static const struct kernel_param_ops engine_ops = {
	.set = engine_param_set,
	.get = engine_param_get,
};
module_param_cb(engine, &engine_ops, NULL, 0444);
MODULE_PARM_DESC(
	engine,
	"how transfers are observed: tracepoint (the default since Linux 6.5) or redirect");

static int names_check(void)
{
	const char *name = traffic_param_fname;
	size_t size;
	int err;

	if (!*traffic_param_fname && (idle || traffic_param_pids_count))
		return 0;
	do {
		size = strcspn(name, ",");
		err = traffic_name_check(name, size);
		if (err)
			return err;
		name += size;
	} while (*name++);
	return 0;
}

/* Returns the family that the first @size bytes of @word name, or -EINVAL. */
static int family_named(const char *word, size_t size)
{
	int family;

	for (family = 0; family < TRAFFIC_FAMILIES; family++)
		if (strlen(traffic_family_names[family]) == size &&
		    !strncmp(traffic_family_names[family], word, size))
			return family;
	return -EINVAL;
}

static int families_parse(void)
{
	const char *word = families;
	size_t size;
	int family;

	do {
		size = strcspn(word, ",");
		family = family_named(word, size);
		if (family < 0)
			return family;
		traffic_param_families |= BIT(family);
		word += size;
	} while (*word++);
	return traffic_param_families & BIT(TRAFFIC_FAMILY_INET) ? 0 : -EINVAL;
}

int traffic_params_check(void)
{
	if (names_check()) {
		pr_err("error - incorrect filename.\n");
		return -EINVAL;
	}
	if (traffic_param_history < 1 || traffic_param_history > MAX_HISTORY) {
		pr_err("error - history must be 1 to %d.\n", MAX_HISTORY);
		return -EINVAL;
	}
	if (traffic_param_max_flows > MAX_FLOWS) {
		pr_err("error - max_flows must be 0 to %d.\n", MAX_FLOWS);
		return -EINVAL;
	}
	if (families_parse()) {
		pr_err("error - families must be inet, or inet with any of unix, packet, vsock.\n");
		return -EINVAL;
	}
	if (gid < -1) {
		pr_err("error - gid must be the number of a group.\n");
		return -EINVAL;
	}
	return 0;
}

kgid_t traffic_params_group(void)
{
	return gid < 0 ? INVALID_GID : make_kgid(&init_user_ns, gid);
}
