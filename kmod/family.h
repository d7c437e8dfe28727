/* SPDX-License-Identifier: GPL-2.0-only */
/* The socket families that the module can count. */
#ifndef TRAFFIC_FAMILY_H
#define TRAFFIC_FAMILY_H

#include <linux/bits.h>
#include <linux/socket.h>

enum traffic_family {
	TRAFFIC_FAMILY_NONE = -1, /* a family that is never counted */
	TRAFFIC_FAMILY_INET, /* IPv4 and IPv6; always counted */
	TRAFFIC_FAMILY_UNIX,
	TRAFFIC_FAMILY_PACKET,
	TRAFFIC_FAMILY_VSOCK,
	TRAFFIC_FAMILIES,
};

/* The parameter families=, with one bit for each enum traffic_family. */
extern unsigned int traffic_param_families;

static __always_inline enum traffic_family traffic_family_of(int family)
{
	switch (family) {
	case AF_INET:
	case AF_INET6:
		return TRAFFIC_FAMILY_INET;
	case AF_UNIX:
		return TRAFFIC_FAMILY_UNIX;
	case AF_PACKET:
		return TRAFFIC_FAMILY_PACKET;
	case AF_VSOCK:
		return TRAFFIC_FAMILY_VSOCK;
	default:
		return TRAFFIC_FAMILY_NONE;
	}
}

static __always_inline bool traffic_family_counts(enum traffic_family family)
{
	return family != TRAFFIC_FAMILY_NONE &&
	       (traffic_param_families & BIT(family));
}

#endif
