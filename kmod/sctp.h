/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TRAFFIC_SCTP_H
#define TRAFFIC_SCTP_H

#include <linux/in.h>
#include <linux/types.h>
#include <net/sock.h>

/* A raw socket of that protocol is none. */
static inline bool traffic_is_sctp(const struct sock *sk)
{
	return sk->sk_protocol == IPPROTO_SCTP && sk->sk_type != SOCK_RAW;
}

/*
 * What is received from this SCTP socket may be a notification, as far as the
 * socket knows. A subscription of one association is noticed when it is made:
 * the list of these is nobody's to look at who does not hold the socket.
 */
bool traffic_sctp_has_events(struct sock *sk);

#endif
