/* SPDX-License-Identifier: GPL-2.0-only */
/* How far away a peer is. */
#ifndef TRAFFIC_SCOPE_H
#define TRAFFIC_SCOPE_H

struct net;
struct traffic_peer;

enum traffic_scope {
	TRAFFIC_SCOPE_UNKNOWN,
	TRAFFIC_SCOPE_LOOPBACK, /* this host, by any of its addresses */
	TRAFFIC_SCOPE_PRIVATE, /* not routed on the internet, and multicast */
	TRAFFIC_SCOPE_PUBLIC,
	TRAFFIC_SCOPES,
};

/* As the host's addresses are now. Under RCU, may be atomic. */
enum traffic_scope traffic_scope_of(const struct traffic_peer *peer,
				    struct net *net);

#endif
