/* SPDX-License-Identifier: GPL-2.0-only */
/* The files in /proc/net_traffic. None has poll, none blocks in read. */
#ifndef TRAFFIC_PROCFS_H
#define TRAFFIC_PROCFS_H

#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#include "counts/counters.h"
#include "traffic.h"

extern const struct proc_ops traffic_counters_ops;
extern const struct proc_ops traffic_flows_ops;
extern const struct proc_ops traffic_programs_ops;
extern const struct proc_ops traffic_status_ops;
extern const struct proc_ops traffic_control_ops;

int traffic_procfs_init(void);
/* No reader or writer is inside afterwards, and every session is closed. */
void traffic_procfs_exit(void);

/* 0, or -EPERM: who opens the file may not read, or not command. */
int traffic_may_read(const struct file *file);
int traffic_may_control(const struct file *file);

/* The pieces of a line. */
void traffic_show_header(struct seq_file *file, const char *columns);
/* Bytes and messages, received and sent. */
void traffic_show_counts(struct seq_file *file,
			 const struct traffic_count counts[TRAFFIC_DIRECTIONS]);
/* Four columns: what of whom was received and sent. */
#define TRAFFIC_COUNTS_COLUMNS(of) \
	of "_rx_bytes\t" of "_rx_msgs\t" of "_tx_bytes\t" of "_tx_msgs"
/* A column name of the counters for each number of traffic_show_totals(). */
#define TRAFFIC_TOTALS_COLUMNS_OF(prefix)                                      \
	TRAFFIC_COUNTS_COLUMNS(prefix "tcp")                                   \
	"\t" TRAFFIC_COUNTS_COLUMNS(prefix "udp") "\t" TRAFFIC_COUNTS_COLUMNS( \
		prefix "other")
#define TRAFFIC_TOTALS_COLUMNS TRAFFIC_TOTALS_COLUMNS_OF("")
void traffic_show_totals(struct seq_file *file,
			 const struct traffic_totals *totals);
/* The same of the families besides inet; unknown where one is not counted. */
#define TRAFFIC_FAMILY_TOTALS_COLUMNS_OF(prefix) \
	TRAFFIC_COUNTS_COLUMNS(prefix "unix")    \
	"\t" TRAFFIC_COUNTS_COLUMNS(             \
		prefix "packet") "\t" TRAFFIC_COUNTS_COLUMNS(prefix "vsock")
#define TRAFFIC_FAMILY_TOTALS_COLUMNS TRAFFIC_FAMILY_TOTALS_COLUMNS_OF("")
void traffic_show_family_totals(struct seq_file *file,
				const struct traffic_totals *totals);
/* Escaped; NULL is unknown. */
void traffic_show_string(struct seq_file *file, const char *text);
/* Each with a tab before it; 0 is unknown. */
void traffic_show_known(struct seq_file *file, u64 number);

#endif
