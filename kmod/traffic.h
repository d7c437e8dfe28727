/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by every file of the module. Include it first: <linux/printk.h> uses
 * the pr_fmt() that is defined here.
 */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#ifdef pr_fmt
#undef pr_fmt
#endif
#define pr_fmt(fmt) "Traffic module: " fmt

#include <linux/types.h>

#define TRAFFIC_VERSION "0.1.0"

/* The first line of every file in /proc/net_traffic: name and ABI version. */
#define TRAFFIC_NAME "net_traffic"
#define TRAFFIC_ABI 1

#endif
