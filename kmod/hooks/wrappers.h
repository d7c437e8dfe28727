/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions that a target runs instead of the kernel's. */
#ifndef TRAFFIC_WRAPPERS_H
#define TRAFFIC_WRAPPERS_H

#include <linux/types.h>

struct module;
struct static_call_key;

enum traffic_wrapped {
	/* Needed with either engine. */
	TRAFFIC_SPLICE_READ,
	TRAFFIC_COMMON_GETSOCKOPT,
	/* With engine=redirect. */
	TRAFFIC_INET_SENDMSG,
	TRAFFIC_INET_RECVMSG,
	TRAFFIC_INET6_SENDMSG,
	TRAFFIC_INET6_RECVMSG,
	TRAFFIC_COMMON_RECVMSG,
	TRAFFIC_INET_SENDPAGE,
	TRAFFIC_UNIX_STREAM_SENDMSG,
	TRAFFIC_UNIX_STREAM_RECVMSG,
	TRAFFIC_UNIX_STREAM_SENDPAGE,
	TRAFFIC_UNIX_DGRAM_SENDMSG,
	TRAFFIC_UNIX_DGRAM_RECVMSG,
	TRAFFIC_UNIX_SEQPACKET_SENDMSG,
	TRAFFIC_UNIX_SEQPACKET_RECVMSG,
	TRAFFIC_PACKET_SENDMSG,
	TRAFFIC_PACKET_SENDMSG_SPKT,
	TRAFFIC_PACKET_RECVMSG,
	TRAFFIC_VSOCK_SENDMSG,
	TRAFFIC_VSOCK_RECVMSG,
	TRAFFIC_VSOCK_DGRAM_SENDMSG,
	TRAFFIC_VSOCK_DGRAM_RECVMSG,
	TRAFFIC_WRAPPED,
};

struct traffic_wrapper {
	const char *name; /* of the kernel's function */
	void *function; /* ours */
	struct static_call_key *call; /* of the original, in ours */
	void *trampoline; /* that belongs to it */
	void *original; /* its true entry, ENDBR and all; NULL: absent */
	struct module *owner; /* of the original */
	bool takes_file; /* the first argument; else it is a socket */
	bool attached;
};

extern struct traffic_wrapper traffic_wrappers[TRAFFIC_WRAPPED];

/* What the wrapper calls. Before it is redirected to. */
void traffic_wrapper_call(const struct traffic_wrapper *wrapper,
			  void *function);

#endif
