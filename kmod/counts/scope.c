// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "counts/scope.h"

#include <linux/in.h>
#include <linux/inet.h>
#include <linux/socket.h>
#include <net/addrconf.h>
#include <net/ip_fib.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "counts/end.h"

/*
 * RFC 1918 (private), RFC 6598 (shared by customers of a provider) and RFC 3927
 * (link-local).
 */
static bool v4_is_private(__be32 address)
{
	static const struct {
		u32 prefix;
		unsigned int bits;
	} ranges[] = {
		{ 0x0a000000, 8 },  { 0xac100000, 12 }, { 0xc0a80000, 16 },
		{ 0x64400000, 10 }, { 0xa9fe0000, 16 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ranges); i++)
		if (!((ntohl(address) ^ ranges[i].prefix) >>
		      (32 - ranges[i].bits)))
			return true;
	return false;
}

static enum traffic_scope v4_scope(__be32 address, struct net *net)
{
	if (ipv4_is_loopback(address))
		return TRAFFIC_SCOPE_LOOPBACK;
	switch (inet_addr_type(net, address)) {
	case RTN_LOCAL:
		return TRAFFIC_SCOPE_LOOPBACK;
	case RTN_BROADCAST:
	case RTN_MULTICAST:
		return TRAFFIC_SCOPE_PRIVATE;
	default:
		return v4_is_private(address) ? TRAFFIC_SCOPE_PRIVATE :
						TRAFFIC_SCOPE_PUBLIC;
	}
}

static enum traffic_scope v6_scope(const struct in6_addr *address,
				   struct net *net)
{
	/* Link-local, unique local (fc00::/7), site-local and multicast. */
	const int private = IPV6_ADDR_LINKLOCAL | IPV6_ADDR_SITELOCAL |
			    IPV6_ADDR_MULTICAST;

	if (ipv6_addr_loopback(address))
		return TRAFFIC_SCOPE_LOOPBACK;
#if IS_ENABLED(CONFIG_IPV6)
	if (ipv6_chk_addr(net, address, NULL, 0))
		return TRAFFIC_SCOPE_LOOPBACK;
#endif
	if ((ipv6_addr_type(address) & private) ||
	    (address->s6_addr[0] & 0xfe) == 0xfc)
		return TRAFFIC_SCOPE_PRIVATE;
	return TRAFFIC_SCOPE_PUBLIC;
}

enum traffic_scope
traffic_scope_of(u32 family, const struct traffic_end *remote, struct net *net)
{
	if (family == AF_UNIX)
		return TRAFFIC_SCOPE_LOOPBACK;
	if (!traffic_end_known(remote))
		return TRAFFIC_SCOPE_UNKNOWN;
	switch (family) {
	case AF_INET:
		return v4_scope(remote->v4, net);
	case AF_INET6:
		return v6_scope(&remote->v6, net);
	default:
		return TRAFFIC_SCOPE_UNKNOWN;
	}
}
