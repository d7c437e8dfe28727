/* SPDX-License-Identifier: GPL-2.0-only */
/* The peers of a transfer: the addresses of both ends, as far as known. */
#ifndef TRAFFIC_PEER_H
#define TRAFFIC_PEER_H

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/socket.h>
#include <linux/types.h>
#include <asm/unistd.h>

#include "counts/end.h"

struct sock;
struct traffic_transfer;

#define TRAFFIC_PEER_WORDS 12

/* Compared and hashed as words: it has no padding, and unused bytes are 0. */
struct traffic_peer {
	union {
		struct {
			struct traffic_end local, remote;
			u32 family; /* AF_ */
			u32 netns; /* inode number of the network namespace */
		};
		u32 words[TRAFFIC_PEER_WORDS];
		u64 pairs[6];
	};
};

static_assert(sizeof(struct traffic_peer) == TRAFFIC_PEER_WORDS * sizeof(u32));

/* Computes the two ends of a call that current has just made. */
void traffic_peer_of(struct traffic_peer *peer,
		     const struct traffic_transfer *transfer);

bool traffic_sock_is_connected(const struct sock *sk);

/*
 * True if current is inside the system call that its saved registers describe.
 * At the end of a system call, where io_uring may send for the task, the
 * registers hold the result instead.
 */
static __always_inline bool traffic_in_syscall(const struct pt_regs *regs)
{
	return regs->ax == -ENOSYS &&
	       !(current->flags & (PF_KTHREAD | PF_IO_WORKER));
}

/*
 * True if current's send surely named no destination of its own. False:
 * unknown; send_uses_socket_peer() of peer.c also checks the rarer calls.
 */
static __always_inline bool traffic_send_uses_socket_peer(void)
{
	const struct pt_regs *regs = task_pt_regs(current);

	/* No 32-bit system call with one of these two numbers sends. */
	return traffic_in_syscall(regs) &&
	       ((regs->orig_ax == __NR_sendto && !regs->r8) ||
		regs->orig_ax == __NR_write);
}

/* True if current is in a send with MSG_PROBE. */
bool traffic_call_is_probe(void);

/* Unrolled by hand: gcc keeps a loop, and every transfer runs this. */
static inline bool traffic_peer_equal(const struct traffic_peer *a,
				      const struct traffic_peer *b)
{
	const u64 *x = a->pairs, *y = b->pairs;

	return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]) |
		 (x[4] ^ y[4]) | (x[5] ^ y[5]));
}

#endif
