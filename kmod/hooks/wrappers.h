/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions that a target runs in place of the kernel's functions. */
#ifndef TRAFFIC_WRAPPERS_H
#define TRAFFIC_WRAPPERS_H

#include <linux/types.h>

struct module;
struct static_call_key;

enum traffic_wrapped {
	/* Redirected with either engine. */
	TRAFFIC_SPLICE_READ,
	TRAFFIC_COMMON_GETSOCKOPT,
	/* Redirected with engine=redirect. */
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
	struct static_call_key
		*call; /* with it our function calls the original */
	void *trampoline; /* of @call */
	void *original; /* its entry, with an ENDBR or not; NULL: absent */
	struct module *owner; /* of the original */
	bool takes_file; /* the first argument is a file, not a socket */
	bool attached;
};

extern struct traffic_wrapper traffic_wrappers[TRAFFIC_WRAPPED];

/* Sets what the wrapper calls. Call it before the function is redirected. */
void traffic_wrapper_call(const struct traffic_wrapper *wrapper,
			  void *function);

#endif
