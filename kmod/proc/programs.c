// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "proc/file.h"

#include <linux/mm.h>
#include <linux/seq_file.h>

#include "ledger/snapshot.h"

#define EVICTED_COLUMNS(prefix)           \
	TRAFFIC_TOTALS_COLUMNS_OF(prefix) \
	"\t" TRAFFIC_FAMILY_TOTALS_COLUMNS_OF(prefix)

static void show_all(struct seq_file *file, const struct traffic_totals *totals)
{
	traffic_show_totals(file, totals);
	traffic_show_family_totals(file, totals);
}

static void show_program(struct seq_file *file,
			 const struct traffic_programs *programs,
			 const struct traffic_program *program)
{
	static const char *const kinds[] = {
		[TRAFFIC_WATCH_NAME] = "name",
		[TRAFFIC_WATCH_ATTACH] = "attach",
		[TRAFFIC_WATCH_CHILDREN] = "children",
	};
	const struct traffic_watch *watch = program->watch;
	bool named = watch->kind == TRAFFIC_WATCH_NAME;

	seq_printf(file, "%llu", watch->id);
	traffic_show_string(file, named ? watch->name : NULL);
	seq_printf(file, "\t%u\t%s\t%d", watch->owner, kinds[watch->kind],
		   program->follow);
	seq_put_decimal_ull(file, "\t", watch->since_ns);
	seq_put_decimal_ull(file, "\t", program->started);
	seq_put_decimal_ull(file, "\t", program->running);
	seq_put_decimal_ull(file, "\t", program->ended);
	seq_put_decimal_ull(file, "\t", program->evicted.records);
	seq_put_decimal_ull(file, "\t", program->missed);
	show_all(file, &program->totals);
	traffic_show_known(file, programs->end_seq);
	traffic_show_known(file, programs->evicted_seq);
	seq_put_decimal_ull(file, "\t", program->evicted.shared);
	seq_put_decimal_ull(file, "\t", program->evicted.inexact);
	show_all(file, &program->evicted.totals);
	seq_put_decimal_ull(file, "\t", program->evicted.once);
	show_all(file, &program->evicted.once_totals);
	seq_putc(file, '\n');
}

static int programs_show(struct seq_file *file, void *unused)
{
	struct traffic_programs *programs;
	unsigned int i;

	programs = kvmalloc(sizeof(*programs), GFP_KERNEL_ACCOUNT);
	if (!programs)
		return -ENOMEM;
	traffic_programs_take(programs);
	traffic_show_header(
		file,
		"id\tname\towner\tkind\tfollow\tsince_ns\tstarted\t"
		"running\tended\tevicted\tmissed\t" TRAFFIC_TOTALS_COLUMNS
		"\t" TRAFFIC_FAMILY_TOTALS_COLUMNS
		"\tend_seq\tevicted_seq\tevicted_shared\tevicted_inexact\t" EVICTED_COLUMNS(
			"evicted_") "\tevicted_once\t" EVICTED_COLUMNS("evicted_once_"));
	for (i = 0; i < programs->count; i++) {
		show_program(file, programs, &programs->at[i]);
		traffic_watch_put(programs->at[i].watch);
	}
	kvfree(programs);
	return 0;
}

static int programs_open(struct inode *inode, struct file *file)
{
	int err = traffic_may_read(file);

	return err ?: single_open(file, programs_show, NULL);
}

const struct proc_ops traffic_programs_ops = {
	.proc_open = programs_open,
	.proc_read_iter = seq_read_iter,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};
