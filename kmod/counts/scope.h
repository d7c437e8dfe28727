/* SPDX-License-Identifier: GPL-2.0-only */
/* How far away a peer is. */
#ifndef TRAFFIC_SCOPE_H
#define TRAFFIC_SCOPE_H

#include <linux/types.h>

struct net;
struct traffic_end;

enum traffic_scope {
	TRAFFIC_SCOPE_UNKNOWN,
	TRAFFIC_SCOPE_LOOPBACK, /* this host, by any of its addresses */
	TRAFFIC_SCOPE_PRIVATE, /* not routed on the internet, or multicast */
	TRAFFIC_SCOPE_PUBLIC,
	TRAFFIC_SCOPES,
};

/*
 * Returns the scope of the end @remote, given the addresses that the host has
 * at this moment. @family is an AF_ value. Caller holds rcu_read_lock() or has
 * preemption off. Does not sleep.
 */
enum traffic_scope
traffic_scope_of(u32 family, const struct traffic_end *remote, struct net *net);

#endif
