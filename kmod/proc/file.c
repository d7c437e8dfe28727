// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "proc/file.h"

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/string.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "family.h"
#include "params.h"

/*
 * The traffic of a process reveals what it does (CVE-2011-2495 was about the
 * same leak by /proc/PID/io). The mode of the file does not protect it: in a
 * container without a user namespace of its own, root may open the file. So the
 * process that opens the file needs a capability. The process that reads does
 * not: a descriptor can be passed to another process.
 */
int traffic_may_control(const struct file *file)
{
	return file_ns_capable(file, &init_user_ns, CAP_NET_ADMIN) ? 0 : -EPERM;
}

int traffic_may_read(const struct file *file)
{
	kgid_t group = traffic_params_group();

	/* Called from open(), so current is the opener. */
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
		seq_puts(file, "\\055"); /* a program whose name is "-" */
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
