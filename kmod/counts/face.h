/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A face is a copy of the socket fields that a flow's peer was computed from.
 * If they still match, the socket belongs to the flow, and a few comparisons
 * replace traffic_peer_of(). A face does not hold the address of the socket,
 * because a freed socket's address is reused.
 *
 * The sockets of one flow differ only in ->prot, which an upper layer protocol
 * (ULP) such as kernel TLS replaces. So two CPUs that write a face at the same
 * time store equal values in all other fields.
 */
#ifndef TRAFFIC_FACE_H
#define TRAFFIC_FACE_H

#include <linux/bits.h>
#include <linux/tcp.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "counts/counters.h"
#include "counts/peer.h"

/* What has to be checked besides the fields of the face; bits of ->checks. */
enum {
	TRAFFIC_CHECK_V6 = BIT(0), /* the addresses, which are IPv6 */
	TRAFFIC_CHECK_REPAIR = BIT(1), /* that TCP is not under repair */
};

struct traffic_face {
	/* Implies family, type and protocol. NULL: matches no socket. */
	const struct proto *prot;
	const struct net *net;
	u64 addresses;
	u32 ports;
	u8 checks; /* TRAFFIC_CHECK_ bits; most faces have none */
	bool is_datagram; /* a call may name a destination of its own */
	bool is_connected; /* always false for streams */
};

static __always_inline u32 traffic_sock_ports(const struct sock *sk)
{
	return (__force u32)sk->sk_portpair;
}

static __always_inline u64 traffic_sock_addresses(const struct sock *sk)
{
	return (__force u64)sk->sk_addrpair;
}

/* False for IPv4-mapped IPv6 addresses: they count as IPv4. */
static inline bool traffic_sock_is_v6(const struct sock *sk)
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
static inline bool traffic_peer_has_v6_of(const struct traffic_peer *peer,
					  const struct sock *sk)
{
	return ipv6_addr_equal(&peer->local.v6, &sk->sk_v6_rcv_saddr) &&
	       ipv6_addr_equal(&peer->remote.v6, &sk->sk_v6_daddr);
}
#else
static inline bool traffic_peer_has_v6_of(const struct traffic_peer *peer,
					  const struct sock *sk)
{
	return true;
}
#endif

/*
 * True if the call that current has just made used the socket's own peer.
 * False: unknown here; the caller takes the slow path.
 */
static __always_inline bool
traffic_uses_socket_peer(const struct traffic_face *face,
			 enum traffic_direction direction,
			 const struct msghdr *msg)
{
	if (msg)
		return !msg->msg_name || !READ_ONCE(face->is_datagram);
	/*
	 * This hook does not get the msghdr, and so no msg_name. A datagram of an
	 * unconnected socket then belongs to the flow with an unknown remote end.
	 */
	return direction == TRAFFIC_RX || data_race(!face->is_connected) ||
	       traffic_send_uses_socket_peer();
}

/*
 * While a checkpoint is restored, send() fills the queues of a socket under
 * repair and transfers nothing.
 */
static __always_inline bool traffic_sock_in_repair(const struct sock *sk)
{
	return tcp_sk(sk)->repair;
}

static __always_inline bool
traffic_face_checks_pass(u8 checks, const struct traffic_peer *peer,
			 const struct sock *sk)
{
	if (checks & TRAFFIC_CHECK_REPAIR && traffic_sock_in_repair(sk))
		return false;
	return !(checks & TRAFFIC_CHECK_V6) || traffic_peer_has_v6_of(peer, sk);
}

static __always_inline bool
traffic_face_matches(const struct traffic_face *face,
		     const struct traffic_peer *peer, const struct sock *sk)
{
	/* Another CPU may be writing the face: see the top of this file. */
	return data_race(face->prot == sk->sk_prot &&
			 face->addresses == traffic_sock_addresses(sk) &&
			 face->ports == traffic_sock_ports(sk) &&
			 face->net == sock_net(sk) &&
			 (!face->checks ||
			  traffic_face_checks_pass(face->checks, peer, sk)));
}

#endif
