/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions that a target runs instead of the kernel's. */
#ifndef TRAFFIC_WRAPPERS_H
#define TRAFFIC_WRAPPERS_H

#include <linux/types.h>

struct module;

enum traffic_wrapped {
	TRAFFIC_SPLICE_READ, /* needed with either engine */
	TRAFFIC_INET_SENDMSG,
	TRAFFIC_INET_RECVMSG,
	TRAFFIC_INET6_SENDMSG,
	TRAFFIC_INET6_RECVMSG,
	TRAFFIC_COMMON_RECVMSG,
	TRAFFIC_INET_SENDPAGE,
	TRAFFIC_WRAPPED,
};

struct traffic_wrapper {
	const char *name; /* of the kernel's function */
	void *function; /* ours */
	void *original; /* its true entry, ENDBR and all; NULL: absent */
	struct module *owner; /* of the original */
	bool takes_file; /* the first argument; else it is a socket */
	bool attached;
};

extern struct traffic_wrapper traffic_wrappers[TRAFFIC_WRAPPED];

#endif
