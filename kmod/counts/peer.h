/* SPDX-License-Identifier: GPL-2.0-only */
/* Between whom a transfer is: the addresses of both ends, as far as known. */
#ifndef TRAFFIC_PEER_H
#define TRAFFIC_PEER_H

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/in6.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/socket.h>
#include <linux/types.h>
#include <asm/unistd.h>

struct sock;
struct traffic_transfer;

/* One end. All zero is unknown. */
struct traffic_end {
	union {
		struct in6_addr v6;
		__be32 v4; /* an IPv4-mapped IPv6 address is IPv4 */
		u32 cid; /* vsock; + 1, since 0 is the hypervisor */
	};
	u32 port; /* host order */
};

#define TRAFFIC_PEER_WORDS 12

/* Compared and hashed as words: no padding, and what is unused is zero. */
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

/* Of a call that current has made just now. */
void traffic_peer_of(struct traffic_peer *peer,
		     const struct traffic_transfer *transfer);

/* The socket is connected to somebody. */
bool traffic_is_connected(const struct sock *sk);

/*
 * current is in the system call that its registers tell of. At its end, where
 * io_uring may send for it, they hold the result.
 */
static __always_inline bool traffic_in_call(const struct pt_regs *regs)
{
	return regs->ax == -ENOSYS &&
	       !(current->flags & (PF_KTHREAD | PF_IO_WORKER));
}

/* The quick half of the question whether a send has named whom it goes to. */
static __always_inline bool traffic_send_names_nobody(void)
{
	const struct pt_regs *regs = task_pt_regs(current);

	/* Of the 32-bit calls with these numbers none sends. */
	return traffic_in_call(regs) &&
	       ((regs->orig_ax == __NR_sendto && !regs->r8) ||
		regs->orig_ax == __NR_write);
}

/* Whether the call that current is in is a send with MSG_PROBE. */
bool traffic_call_probes(void);

/* Written out: it is made at every transfer, and gcc keeps the loop. */
static inline bool traffic_peer_equal(const struct traffic_peer *a,
				      const struct traffic_peer *b)
{
	const u64 *x = a->pairs, *y = b->pairs;

	return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]) |
		 (x[4] ^ y[4]) | (x[5] ^ y[5]));
}

static inline bool traffic_end_known(const struct traffic_end *end)
{
	const __be32 *words = end->v6.s6_addr32;

	return words[0] || words[1] || words[2] || words[3];
}

#endif
