// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "proc/procfs.h"

#include <linux/kernel.h>
#include <linux/proc_fs.h>
#include <linux/uidgid.h>

#include "params.h"
#include "proc/file.h"

static struct proc_dir_entry *proc_folder;

int traffic_procfs_init(void)
{
	static const struct {
		const char *name;
		const struct proc_ops *ops;
		bool for_group;
	} files[] = {
		{ "counters", &traffic_counters_ops, true },
		{ "flows", &traffic_flows_ops, true },
		{ "programs", &traffic_programs_ops, true },
		{ "status", &traffic_status_ops, true },
		{ "control", &traffic_control_ops, false },
	};
	kgid_t group = traffic_params_group();
	struct proc_dir_entry *entry;
	size_t i;

	proc_folder = proc_mkdir(TRAFFIC_NAME, NULL);
	if (!proc_folder)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		bool shared = files[i].for_group && gid_valid(group);
		umode_t mode = !files[i].for_group ? 0600 :
			       shared		   ? 0440 :
						     0400;

		entry = proc_create(files[i].name, mode, proc_folder,
				    files[i].ops);
		if (!entry) {
			proc_remove(proc_folder);
			return -ENOMEM;
		}
		if (shared)
			proc_set_user(entry, GLOBAL_ROOT_UID, group);
	}
	return 0;
}

void traffic_procfs_exit(void)
{
	proc_remove(proc_folder);
}
