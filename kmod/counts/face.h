/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * By what a flow is known again from a socket, with a few comparisons and
 * without working out both ends: all that the ends were made of. Not by the
 * address of the socket, which is another's as soon as it is freed.
 *
 * Sockets of one flow differ in nothing but the protocol's operations, which
 * change with a ULP. So a face that two write at once is right still.
 */
#ifndef TRAFFIC_FACE_H
#define TRAFFIC_FACE_H

#include <linux/bits.h>
#include <linux/tcp.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "counts/peer.h"

enum {
	TRAFFIC_FACE_V6 = BIT(0), /* the peer's addresses of IPv6 */
	TRAFFIC_FACE_TCP = BIT(1), /* not while it is under repair */
};

struct traffic_face {
	/* NULL: none. Tells family, type and protocol. */
	const struct proto *prot;
	const struct net *net;
	u64 addresses;
	u32 ports;
	u8 more; /* what is asked besides; most have nothing */
	bool is_datagram; /* a call may name another */
	bool is_connected; /* or, without one that was named, nobody is known */
};

static __always_inline u32 traffic_ports_of(const struct sock *sk)
{
	return (__force u32)sk->sk_portpair;
}

static __always_inline u64 traffic_addresses_of(const struct sock *sk)
{
	return (__force u64)sk->sk_addrpair;
}

/* An IPv4-mapped IPv6 address is IPv4. */
static inline bool traffic_is_v6(const struct sock *sk)
{
#if IS_ENABLED(CONFIG_IPV6)
	return sk->sk_family == AF_INET6 &&
	       !ipv6_addr_v4mapped(&sk->sk_v6_rcv_saddr) &&
	       !ipv6_addr_v4mapped(&sk->sk_v6_daddr);
#else
	return false;
#endif
}

#if IS_ENABLED(CONFIG_IPV6)
static inline bool traffic_same_v6(const struct traffic_peer *peer,
				   const struct sock *sk)
{
	return ipv6_addr_equal(&peer->local.v6, &sk->sk_v6_rcv_saddr) &&
	       ipv6_addr_equal(&peer->remote.v6, &sk->sk_v6_daddr);
}
#else
static inline bool traffic_same_v6(const struct traffic_peer *peer,
				   const struct sock *sk)
{
	return true;
}
#endif

/*
 * Of a call that current has made just now: it went to whom the socket is
 * connected. False where that takes longer to tell.
 */
static __always_inline bool
traffic_names_nobody(const struct traffic_face *face,
		     enum traffic_direction direction, const struct msghdr *msg)
{
	if (msg)
		return !msg->msg_name || !READ_ONCE(face->is_datagram);
	/* Where names are not seen, that of an unconnected socket is unknown. */
	return direction == TRAFFIC_RX || data_race(!face->is_connected) ||
	       traffic_send_names_nobody();
}

/* A checkpoint that is restored fills queues; it moves nothing. */
static __always_inline bool traffic_is_under_repair(const struct sock *sk)
{
	return tcp_sk(sk)->repair;
}

static __always_inline bool
traffic_is_more(u8 more, const struct traffic_peer *peer, const struct sock *sk)
{
	if (more & TRAFFIC_FACE_TCP && traffic_is_under_repair(sk))
		return false;
	return !(more & TRAFFIC_FACE_V6) || traffic_same_v6(peer, sk);
}

static __always_inline bool traffic_is_face_of(const struct traffic_face *face,
					       const struct traffic_peer *peer,
					       const struct sock *sk)
{
	/* A face that is being written is right still. */
	return data_race(
		face->prot == sk->sk_prot &&
		face->addresses == traffic_addresses_of(sk) &&
		face->ports == traffic_ports_of(sk) &&
		face->net == sock_net(sk) &&
		(!face->more || traffic_is_more(face->more, peer, sk)));
}

#endif
