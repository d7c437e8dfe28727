/* SPDX-License-Identifier: GPL-2.0-only */
/* One end of a transfer: an address and a port. */
#ifndef TRAFFIC_END_H
#define TRAFFIC_END_H

#include <linux/in6.h>
#include <linux/types.h>

/* All zero: unknown. Which member of the union holds depends on the family. */
struct traffic_end {
	union {
		struct in6_addr v6;
		__be32 v4; /* also the IPv4 part of an IPv4-mapped address */
		u32 cid; /* vsock: the CID + 1, because CID 0 is the hypervisor */
	};
	u32 port; /* host byte order */
};

static inline bool traffic_end_known(const struct traffic_end *end)
{
	const __be32 *words = end->v6.s6_addr32;

	return words[0] || words[1] || words[2] || words[3];
}

#endif
