/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TRAFFIC_ACCOUNT_H
#define TRAFFIC_ACCOUNT_H

#include <linux/sched.h>

#include "counters.h"
#include "ledger.h"

struct sock;

void traffic_account_target(struct sock *sk, enum traffic_direction direction,
			    long result, int flags);

/*
 * One call of a socket function by current: @result is what it returned,
 * @flags its MSG_ flags. Every hook ends here, and here alone it is decided
 * what counts. Any context; the socket must stay.
 */
static __always_inline void traffic_account(struct sock *sk,
					    enum traffic_direction direction,
					    long result, int flags)
{
	if (traffic_maybe_target(current->tgid))
		traffic_account_target(sk, direction, result, flags);
}

/*
 * A socket of a family that is counted, and not the kernel's own: that has no
 * file, or a user who must not recurse into the file systems (NFS, SMB, NBD and
 * NVMe over TCP clear the flag). Calls nothing that is traced.
 */
bool traffic_is_counted(const struct sock *sk);

#endif
