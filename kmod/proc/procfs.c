// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "proc/procfs.h"

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "family.h"
#include "params.h"

static struct proc_dir_entry *folder;

/*
 * What a process moves betrays what it does (CVE-2011-2495 was the same for
 * /proc/PID/io). The capability counts, not the mode alone: root of a container
 * without a user namespace of its own passes the mode. The opener's rights are
 * taken, so a descriptor may be passed on.
 */
int traffic_may_control(const struct file *file)
{
	return file_ns_capable(file, &init_user_ns, CAP_NET_ADMIN) ? 0 : -EPERM;
}

int traffic_may_read(const struct file *file)
{
	kgid_t group = params_group();

	/* Asked at open: current is the opener. */
	if (gid_valid(group) && in_group_p(group))
		return 0;
	return traffic_may_control(file);
}

void traffic_show_header(struct seq_file *file, const char *columns)
{
	seq_printf(file, TRAFFIC_NAME " %d\n%s\n", TRAFFIC_ABI, columns);
}

void traffic_show_counts(struct seq_file *file,
			 const struct traffic_count counts[TRAFFIC_DIRECTIONS])
{
	int d;

	for (d = 0; d < TRAFFIC_DIRECTIONS; d++) {
		seq_put_decimal_ull(file, "\t", counts[d].bytes);
		seq_put_decimal_ull(file, "\t", counts[d].msgs);
	}
}

void traffic_show_totals(struct seq_file *file,
			 const struct traffic_totals *totals)
{
	int t;

	for (t = 0; t < TRAFFIC_INET_TRANSPORTS; t++)
		traffic_show_counts(file, totals->of[t]);
}

void traffic_show_family_totals(struct seq_file *file,
				const struct traffic_totals *totals)
{
	static const enum traffic_family families[] = {
		[TRAFFIC_UNIX] = TRAFFIC_FAMILY_UNIX,
		[TRAFFIC_PACKET] = TRAFFIC_FAMILY_PACKET,
		[TRAFFIC_VSOCK] = TRAFFIC_FAMILY_VSOCK,
	};
	int t;

	for (t = TRAFFIC_INET_TRANSPORTS; t < TRAFFIC_TRANSPORTS; t++) {
		if (traffic_family_counts(families[t]))
			traffic_show_counts(file, totals->of[t]);
		else
			seq_puts(file, "\t-\t-\t-\t-");
	}
}

void traffic_show_string(struct seq_file *file, const char *text)
{
	seq_putc(file, '\t');
	if (!text)
		seq_putc(file, '-');
	else if (!strcmp(text, "-"))
		seq_puts(file, "\\055"); /* a program may be called so */
	else
		seq_escape(file, text, "\t\n\\ ");
}

void traffic_show_known(struct seq_file *file, u64 number)
{
	if (number)
		seq_put_decimal_ull(file, "\t", number);
	else
		seq_puts(file, "\t-");
}

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
	kgid_t group = params_group();
	struct proc_dir_entry *entry;
	size_t i;

	folder = proc_mkdir(TRAFFIC_NAME, NULL);
	if (!folder)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		bool shared = files[i].for_group && gid_valid(group);
		umode_t mode = !files[i].for_group ? 0600 :
			       shared		   ? 0440 :
						     0400;

		entry = proc_create(files[i].name, mode, folder, files[i].ops);
		if (!entry) {
			proc_remove(folder);
			return -ENOMEM;
		}
		if (shared)
			proc_set_user(entry, GLOBAL_ROOT_UID, group);
	}
	return 0;
}

void traffic_procfs_exit(void)
{
	proc_remove(folder);
}
