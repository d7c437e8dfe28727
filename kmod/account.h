/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TRAFFIC_ACCOUNT_H
#define TRAFFIC_ACCOUNT_H

#include <linux/sched.h>

#include "counters.h"
#include "ledger.h"

struct msghdr;
struct sock;

/* One call of a socket function by current. */
struct traffic_transfer {
	struct sock *sk;
	enum traffic_direction direction;
	long result; /* what it returned */
	int flags; /* MSG_ flags that it was called with */
	const struct msghdr *msg; /* after the call; NULL: the hook has none */
};

void traffic_account_target(const struct traffic_transfer *transfer);

/*
 * Every hook ends here, and here alone it is decided what counts. Any context;
 * the socket must stay.
 */
static __always_inline void traffic_account(struct sock *sk,
					    enum traffic_direction direction,
					    long result, int flags,
					    const struct msghdr *msg)
{
	if (traffic_maybe_target(current->tgid))
		traffic_account_target(&(struct traffic_transfer){
			.sk = sk,
			.direction = direction,
			.result = result,
			.flags = flags,
			.msg = msg,
		});
}

/*
 * A socket of a family that is counted, and not the kernel's own: that has no
 * file, or a user who must not recurse into the file systems (NFS, SMB, NBD and
 * NVMe over TCP clear the flag). Calls nothing that is traced.
 */
bool traffic_is_counted(const struct sock *sk);

#endif
