/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TRAFFIC_TRANSFER_H
#define TRAFFIC_TRANSFER_H

#include "counts/counters.h"

struct msghdr;
struct sock;

/* One call of a socket function by current, after the function returned. */
struct traffic_transfer {
	struct sock *sk;
	enum traffic_direction direction;
	long result; /* what the function returned */
	int flags; /* the MSG_ flags that the caller passed */
	const struct msghdr *msg; /* NULL: this hook does not see the msghdr */
};

#endif
