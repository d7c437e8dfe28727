/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TRAFFIC_SCTP_H
#define TRAFFIC_SCTP_H

#include <linux/types.h>

struct sock;

/*
 * What is received from this SCTP socket may be a notification, as far as the
 * socket knows. A subscription of one association is noticed when it is made:
 * the list of these is nobody's to look at who does not hold the socket.
 */
bool traffic_sctp_has_events(struct sock *sk);

#endif
