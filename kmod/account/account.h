/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rules: which calls count, and as what. The hooks call them by way of
 * fast.h.
 */
#ifndef TRAFFIC_ACCOUNT_H
#define TRAFFIC_ACCOUNT_H

#include <linux/compiler.h>
#include <linux/socket.h>
#include <net/sock.h>

#include "compat.h"
#include "counts/careful.h"
#include "counts/counters.h"

struct traffic_record;

/*
 * True if the call counts for sure, provided that a known flow matches its
 * socket. False: ask the rules.
 */
static __always_inline bool traffic_call_is_plain(long result, int flags)
{
	return result > 0 && !(flags & (MSG_PEEK | MSG_ERRQUEUE)) &&
	       !atomic_read(&traffic_careful);
}

/*
 * False for a socket that the kernel itself uses. Such a socket has no file, or
 * its user in the kernel must not recurse into the file systems (NFS, SMB, NBD
 * and NVMe over TCP).
 */
static __always_inline bool traffic_sock_is_user(const struct sock *sk)
{
	const struct socket *sock = READ_ONCE(sk->sk_socket);

	/* READ_ONCE() of ->file would make gcc load it into a register first. */
	return sock && data_race(sock->file) &&
	       !traffic_sock_avoids_recursion(sk);
}

/*
 * True for a program's socket of a family that is counted. Calls nothing that
 * can be traced.
 */
bool traffic_sock_is_counted(const struct sock *sk);

/*
 * Counts a call for @record, which is a record of current, and for all later
 * records of current. Tries the flow of the socket first, then applies all
 * rules. Preemption is off.
 */
void traffic_account_slow(struct traffic_record *record, struct sock *sk,
			  enum traffic_direction direction, long result,
			  int flags, const struct msghdr *msg);

void traffic_account_init(void);

#endif
