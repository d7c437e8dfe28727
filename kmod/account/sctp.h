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

/* Whether what is received from this SCTP socket may be a notification. */
bool traffic_sctp_may_notify(const struct sock *sk);

/* An option of this SCTP socket is about to be set. Nothing in it is traced. */
void traffic_sctp_notice_option(const struct sock *sk, int option);

#endif
