// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "proc/file.h"

#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/socket.h>

#include "counts/careful.h"
#include "ledger/snapshot.h"

/* The low bits of the position are the line; the rest is the record's id. */
#define INDEX_BITS 20

struct reader {
	/* The read stops here, so that a storm of forks cannot prolong it. */
	u64 last_id;
	struct traffic_flows_snapshot snapshot; /* kept between reads */
};

static loff_t position(u64 id, unsigned int index)
{
	return id << INDEX_BITS | index;
}

/*
 * Takes a new snapshot only when it comes to the next process. So all lines of
 * one process are from the same moment.
 */
static void *flows_start(struct seq_file *file, loff_t *pos)
{
	struct reader *reader = file->private;
	struct traffic_flows_snapshot *snapshot = &reader->snapshot;
	unsigned int index = *pos & (BIT(INDEX_BITS) - 1);
	u64 id = *pos >> INDEX_BITS;
	int found;

	if (*pos == 0) {
		reader->last_id = traffic_snapshot_last_id();
		snapshot->id = 0;
		return SEQ_START_TOKEN;
	}
	while (snapshot->id != id || index >= snapshot->count) {
		if (snapshot->id == id) {
			id++;
			index = 0;
		}
		cond_resched();
		found = traffic_flows_snapshot_from(id, reader->last_id,
						    snapshot);
		if (found <= 0) {
			/* The next read continues here. */
			*pos = position(id, index);
			return ERR_PTR(found);
		}
		if (snapshot->id != id)
			index = 0;
		id = snapshot->id;
	}
	*pos = position(id, index);
	return &snapshot->lines[index];
}

static void *flows_next(struct seq_file *file, void *item, loff_t *pos)
{
	*pos = item == SEQ_START_TOKEN ? position(1, 0) : *pos + 1;
	return flows_start(file, pos);
}

static void flows_stop(struct seq_file *file, void *item)
{
}

static void show_end(struct seq_file *file, u32 family,
		     const struct traffic_end *end)
{
	if (!traffic_end_known(end))
		seq_puts(file, "\t-");
	else if (family == AF_INET)
		seq_printf(file, "\t%pI4", &end->v4);
	else if (family == AF_INET6)
		seq_printf(file, "\t%pI6c", &end->v6);
	else
		seq_put_decimal_ull(file, "\t", end->cid - 1);
	traffic_show_known(file, end->port);
}

static const char *family_name(u32 family)
{
	switch (family) {
	case AF_INET:
		return "inet";
	case AF_INET6:
		return "inet6";
	case AF_UNIX:
		return "unix";
	case AF_PACKET:
		return "packet";
	default:
		return "vsock";
	}
}

static void show_peer(struct seq_file *file,
		      const struct traffic_flow_line *line)
{
	static const char *const scopes[TRAFFIC_SCOPES] = {
		[TRAFFIC_SCOPE_UNKNOWN] = "-",
		[TRAFFIC_SCOPE_LOOPBACK] = "loopback",
		[TRAFFIC_SCOPE_PRIVATE] = "private",
		[TRAFFIC_SCOPE_PUBLIC] = "public",
	};
	const struct traffic_peer *peer = &line->peer;

	if (line->kind != TRAFFIC_LINE_FLOW) {
		seq_puts(file, "\t-\t-\t-\t-\t-\t-\t-");
		return;
	}
	seq_printf(file, "\t%s\t%u", family_name(peer->family), peer->netns);
	show_end(file, peer->family, &peer->local);
	show_end(file, peer->family, &peer->remote);
	seq_printf(file, "\t%s", scopes[line->scope]);
}

static int flows_show(struct seq_file *file, void *item)
{
	static const char *const kinds[] = {
		[TRAFFIC_LINE_TOTAL] = "total",
		[TRAFFIC_LINE_FLOW] = "flow",
		[TRAFFIC_LINE_UNATTRIBUTED] = "other",
	};
	static const char *const transports[TRAFFIC_TRANSPORTS] = {
		[TRAFFIC_TCP] = "tcp",	     [TRAFFIC_UDP] = "udp",
		[TRAFFIC_OTHER] = "other",   [TRAFFIC_UNIX] = "unix",
		[TRAFFIC_PACKET] = "packet", [TRAFFIC_VSOCK] = "vsock",
	};
	const struct reader *reader = file->private;
	const struct traffic_flow_line *line = item;

	if (item == SEQ_START_TOKEN) {
		traffic_show_header(
			file,
			"id\tpid\tkind\ttransport\tfamily\tnetns\t"
			"local_addr\tlocal_port\tremote_addr\tremote_port\tscope\t"
			"rx_bytes\trx_msgs\ttx_bytes\ttx_msgs\tfirst_ns\tlast_ns");
		return 0;
	}
	seq_printf(file, "%llu\t%d\t%s\t%s", reader->snapshot.id,
		   reader->snapshot.pid, kinds[line->kind],
		   transports[line->transport]);
	show_peer(file, line);
	traffic_show_counts(file, line->counts);
	traffic_show_known(file, line->first_ns);
	traffic_show_known(file, line->last_ns);
	seq_putc(file, '\n');
	return 0;
}

static const struct seq_operations flows_seq = {
	.start = flows_start,
	.next = flows_next,
	.stop = flows_stop,
	.show = flows_show,
};

static int flows_open(struct inode *inode, struct file *file)
{
	int err = traffic_may_read(file);

	if (!err)
		err = seq_open_private(file, &flows_seq, sizeof(struct reader));
	if (!err)
		traffic_careful_begin();
	return err;
}

static int flows_release(struct inode *inode, struct file *file)
{
	struct seq_file *seq = file->private_data;
	struct reader *reader = seq->private;

	traffic_careful_end();
	kvfree(reader->snapshot.lines);
	return seq_release_private(inode, file);
}

const struct proc_ops traffic_flows_ops = {
	.proc_open = flows_open,
	.proc_read_iter = seq_read_iter,
	.proc_lseek = seq_lseek,
	.proc_release = flows_release,
};
