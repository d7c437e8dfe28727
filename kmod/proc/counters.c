// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "proc/file.h"

#include <linux/seq_file.h>
#include <linux/slab.h>

#include "ledger/snapshot.h"

/* Room for some hundred lines in each read(2). seq_file begins with one page. */
#define BUFFER_SIZE (64 * 1024)

struct reader {
	/* The read stops here, so that a storm of forks cannot prolong it. */
	u64 last_id;
	struct traffic_snapshot snapshot;
};

/*
 * The position is the id of the record, and 0 is the header. So a process that
 * ends between two reads is neither skipped nor shown twice.
 */
static void *counters_start(struct seq_file *file, loff_t *pos)
{
	struct reader *reader = file->private;

	if (*pos == 0) {
		reader->last_id = traffic_snapshot_last_id();
		return SEQ_START_TOKEN;
	}
	return traffic_snapshot_from(*pos, reader->last_id, &reader->snapshot) ?
		       &reader->snapshot :
		       NULL;
}

static void item_put(void *item)
{
	if (item && item != SEQ_START_TOKEN)
		traffic_snapshot_put(item);
}

static void *counters_next(struct seq_file *file, void *item, loff_t *pos)
{
	struct reader *reader = file->private;

	*pos = item == SEQ_START_TOKEN ? 1 : reader->snapshot.process.id + 1;
	item_put(item);
	return counters_start(file, pos);
}

static void counters_stop(struct seq_file *file, void *item)
{
	item_put(item);
}

static void show_owners(struct seq_file *file, u64 owners)
{
	const char *separator = "\t";
	unsigned int owner;

	for (owner = 0; owner < TRAFFIC_OWNERS; owner++) {
		if (!(owners & BIT_ULL(owner)))
			continue;
		seq_put_decimal_ull(file, separator, owner);
		separator = ",";
	}
	if (!owners)
		seq_puts(file, "\t-");
}

static void show_watches(struct seq_file *file,
			 const struct traffic_snapshot *snapshot)
{
	unsigned int i;

	for (i = 0; i < snapshot->watches; i++)
		seq_put_decimal_ull(file, i ? "," : "\t",
				    snapshot->watch_ids[i]);
	if (!snapshot->watches)
		seq_puts(file, "\t-");
}

static void show_reasons(struct seq_file *file, unsigned long reasons)
{
	static const char *const names[TRAFFIC_REASONS] = {
		[TRAFFIC_ATTACHED] = "attached",
		[TRAFFIC_CHILD_LOST] = "child_not_recorded",
		[TRAFFIC_ZCRX] = "zcrx",
		[TRAFFIC_SCTP_EVENTS] = "sctp_events",
		[TRAFFIC_UNREADABLE_RESULT] = "unreadable_result",
	};
	const char *separator = "\t";
	unsigned int reason;

	for_each_set_bit(reason, &reasons, TRAFFIC_REASONS) {
		seq_printf(file, "%s%s", separator, names[reason]);
		separator = ",";
	}
	if (!reasons)
		seq_puts(file, "\t-");
}

static void show_process(struct seq_file *file,
			 const struct traffic_process *process)
{
	static const char *const states[] = {
		[TRAFFIC_RUNNING] = "running",
		[TRAFFIC_EXITED] = "exited",
		[TRAFFIC_DETACHED] = "detached",
	};
	static const char *const since[] = {
		[TRAFFIC_SINCE_EXEC] = "exec",
		[TRAFFIC_SINCE_FORK] = "fork",
		[TRAFFIC_SINCE_ATTACH] = "attach",
	};

	seq_printf(file, "\t%u\t%s\t%s\t%llu", process->uid,
		   states[process->state], since[process->since],
		   process->start_ns);
	traffic_show_known(file, process->end_ns);
	traffic_show_known(file, process->end_seq);
	if (process->state == TRAFFIC_EXITED)
		seq_printf(file, "\t%d", process->wait_status);
	else
		seq_puts(file, "\t-");
}

static int counters_show(struct seq_file *file, void *item)
{
	const struct traffic_snapshot *snapshot = item;
	const struct traffic_process *process;

	if (item == SEQ_START_TOKEN) {
		traffic_show_header(
			file,
			"id\tpid\tparent_id\troot_id\tppid\troot\t"
			"program\towners\tuid\tstate\tsince\t"
			"start_ns\tend_ns\tend_seq\texit_code\t" TRAFFIC_TOTALS_COLUMNS
			"\texact\treasons\tcomm\texe\twatches\t" TRAFFIC_FAMILY_TOTALS_COLUMNS
			"\tstart_seq");
		return 0;
	}
	process = &snapshot->process;
	seq_printf(file, "%llu\t%d", process->id, process->pid);
	traffic_show_known(file, process->parent_id);
	seq_printf(file, "\t%llu\t%d\t%d", process->root_id, process->ppid,
		   process->root_pid);
	traffic_show_string(file,
			    snapshot->program ? snapshot->program->name : NULL);
	show_owners(file, snapshot->owners);
	show_process(file, process);
	traffic_show_totals(file, &snapshot->totals);
	seq_printf(file, "\t%d", !process->reasons);
	show_reasons(file, process->reasons);
	traffic_show_string(file, process->comm);
	traffic_show_string(file, process->exe ? process->exe->path : NULL);
	show_watches(file, snapshot);
	traffic_show_family_totals(file, &snapshot->totals);
	traffic_show_known(file, process->start_seq);
	seq_putc(file, '\n');
	return 0;
}

static const struct seq_operations counters_seq = {
	.start = counters_start,
	.next = counters_next,
	.stop = counters_stop,
	.show = counters_show,
};

static int counters_open(struct inode *inode, struct file *file)
{
	struct seq_file *seq;
	int err = traffic_may_read(file);

	if (err)
		return err;
	err = seq_open_private(file, &counters_seq, sizeof(struct reader));
	if (err)
		return err;
	/* If this fails, seq_file allocates a page. */
	seq = file->private_data;
	seq->buf = kvmalloc(BUFFER_SIZE, GFP_KERNEL_ACCOUNT);
	if (seq->buf)
		seq->size = BUFFER_SIZE;
	return 0;
}

const struct proc_ops traffic_counters_ops = {
	.proc_open = counters_open,
	.proc_read_iter = seq_read_iter,
	.proc_lseek = seq_lseek,
	.proc_release = seq_release_private,
};
