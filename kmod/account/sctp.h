/* SPDX-License-Identifier: GPL-2.0-only */
/* SCTP notifications: events that a socket reports, which are not payload. */
#ifndef TRAFFIC_SCTP_H
#define TRAFFIC_SCTP_H

#include <linux/in.h>
#include <linux/types.h>
#include <net/sock.h>

/* False for a raw socket with the protocol number of SCTP. */
static inline bool traffic_sock_is_sctp(const struct sock *sk)
{
	return sk->sk_protocol == IPPROTO_SCTP && sk->sk_type != SOCK_RAW;
}

/* True if what this SCTP socket receives may be a notification. */
bool traffic_sctp_may_notify(const struct sock *sk);

/*
 * A hook calls it before an option of this SCTP socket is set. Calls nothing
 * that can be traced.
 */
void traffic_sctp_notice_option(const struct sock *sk, int option);

#endif
