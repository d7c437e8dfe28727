/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files in /proc/net_traffic share: who may open them, and how a line
 * is written.
 *
 * The files have no poll and no blocking read: a process that is in poll() while
 * the module is removed would panic the kernel.
 */
#ifndef TRAFFIC_FILE_H
#define TRAFFIC_FILE_H

#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#include "counts/counters.h"
#include "traffic.h"

extern const struct proc_ops traffic_counters_ops;
extern const struct proc_ops traffic_flows_ops;
extern const struct proc_ops traffic_programs_ops;
extern const struct proc_ops traffic_status_ops;
extern const struct proc_ops traffic_control_ops;

/* Return 0, or -EPERM if the opener of the file may not read, or not control. */
int traffic_may_read(const struct file *file);
int traffic_may_control(const struct file *file);

/* ---- The parts of a file --------------------------------------------------- */

/* The first line, and the names of the columns. */
void traffic_show_header(struct seq_file *file, const char *columns);
/* Four columns: bytes and messages, received and sent. */
void traffic_show_counts(struct seq_file *file,
			 const struct traffic_count counts[TRAFFIC_DIRECTIONS]);
/* The names of these four columns; @of is the transport. */
#define TRAFFIC_COUNTS_COLUMNS(of) \
	of "_rx_bytes\t" of "_rx_msgs\t" of "_tx_bytes\t" of "_tx_msgs"
/* The names of the columns of traffic_show_totals(). */
#define TRAFFIC_TOTALS_COLUMNS_OF(prefix)                                      \
	TRAFFIC_COUNTS_COLUMNS(prefix "tcp")                                   \
	"\t" TRAFFIC_COUNTS_COLUMNS(prefix "udp") "\t" TRAFFIC_COUNTS_COLUMNS( \
		prefix "other")
#define TRAFFIC_TOTALS_COLUMNS TRAFFIC_TOTALS_COLUMNS_OF("")
void traffic_show_totals(struct seq_file *file,
			 const struct traffic_totals *totals);
/* The same for the families besides inet, with "-" if one is not counted. */
#define TRAFFIC_FAMILY_TOTALS_COLUMNS_OF(prefix) \
	TRAFFIC_COUNTS_COLUMNS(prefix "unix")    \
	"\t" TRAFFIC_COUNTS_COLUMNS(             \
		prefix "packet") "\t" TRAFFIC_COUNTS_COLUMNS(prefix "vsock")
#define TRAFFIC_FAMILY_TOTALS_COLUMNS TRAFFIC_FAMILY_TOTALS_COLUMNS_OF("")
void traffic_show_family_totals(struct seq_file *file,
				const struct traffic_totals *totals);
/* An escaped string; "-" for NULL. */
void traffic_show_string(struct seq_file *file, const char *text);
/* A number; "-" for 0. All of these print a tab before each column. */
void traffic_show_known(struct seq_file *file, u64 number);

#endif
