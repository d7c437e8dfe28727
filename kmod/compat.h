/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every difference between the supported kernels, and nothing else. Each block
 * names the upstream change and its release.
 */
#ifndef TRAFFIC_COMPAT_H
#define TRAFFIC_COMPAT_H

#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/socket.h>
#include <linux/version.h>
#include <net/sock.h>

#if !IS_ENABLED(CONFIG_X86_64)
#error "net_traffic needs x86-64"
#endif
#if !IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)
#error "net_traffic needs CONFIG_DYNAMIC_FTRACE_WITH_ARGS"
#endif
#if !IS_ENABLED(CONFIG_TRACEPOINTS)
#error "net_traffic needs CONFIG_TRACEPOINTS"
#endif
/* Probes allocate with preemption off, which PREEMPT_RT forbids. */
#if IS_ENABLED(CONFIG_PREEMPT_RT)
#error "net_traffic does not support PREEMPT_RT"
#endif

/*
 * 0ef86097f127 ("ftrace: rename ftrace_instruction_pointer_set() ->
 * ftrace_regs_set_instruction_pointer()") and 94d095ffa0e1 ("ftrace: abstract
 * DYNAMIC_FTRACE_WITH_ARGS accesses"), both 6.2.
 */
#ifdef ftrace_regs_set_instruction_pointer
#define traffic_set_ip(fregs, ip) ftrace_regs_set_instruction_pointer(fregs, ip)
#define traffic_argument(fregs, n) ftrace_regs_get_argument(fregs, n)
#else
#define traffic_set_ip(fregs, ip) ftrace_instruction_pointer_set(fregs, ip)
#define traffic_argument(fregs, n) regs_get_kernel_argument(&(fregs)->regs, n)
#endif

/*
 * 98123866fcf3 ("Treewide: Stop corrupting socket's task_frag"), 6.2, and a
 * 6.1.y after 6.1.176, added a flag. A user of the socket inside the kernel
 * clears it if it must not recurse into the file systems. Before that, such a
 * user is recognised by the allocations that it allows. GFP_ATOMIC is no sign
 * of one: kernel TLS sets it for moments on a program's own socket.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 192)
#define traffic_sock_avoids_recursion(sk) (!(sk)->sk_use_task_frag)
#else
#define traffic_sock_avoids_recursion(sk)                             \
	(((sk)->sk_allocation & (__GFP_DIRECT_RECLAIM | __GFP_FS)) == \
		 __GFP_DIRECT_RECLAIM ||                              \
	 ((sk)->sk_allocation & __GFP_MEMALLOC))
#endif

/* ac3b43283923 ("module: replace module_layout with module_memory"), 6.4. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define traffic_text_start() ((unsigned long)THIS_MODULE->mem[MOD_TEXT].base)
#define traffic_text_size() (THIS_MODULE->mem[MOD_TEXT].size)
#else
#define traffic_text_start() ((unsigned long)THIS_MODULE->core_layout.base)
#define traffic_text_size() (THIS_MODULE->core_layout.text_size)
#endif

/*
 * d25a92ccae6b ("net/smc: Introduce IPPROTO_SMC"), 6.11, added streams of
 * AF_INET whose data are transferred by RDMA. A raw socket may have the same
 * protocol number on any kernel.
 */
static inline bool traffic_sock_is_smc(const struct sock *sk)
{
	/*
	 * READ_ONCE() keeps gcc from combining this test with that of the
	 * type, which takes more instructions.
	 */
	return unlikely(READ_ONCE(sk->sk_protocol) == 256) &&
	       sk->sk_type == SOCK_STREAM &&
	       (sk->sk_family == AF_INET || sk->sk_family == AF_INET6);
}

/*
 * Until dc97391e6610 ("sock: Remove ->sendpage*() in favour of
 * sendmsg(MSG_SPLICE_PAGES)"), 6.5, sendfile() and splice() to a socket called
 * proto_ops::sendpage.
 */
#define TRAFFIC_HAS_SENDPAGE (LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0))

/*
 * 6e6eda44b939 ("sock: add tracepoint for send recv length"), 6.3, makes
 * engine=tracepoint possible. The tracepoint does not see what ->sendpage()
 * sends, so the engine needs a kernel without that.
 */
#define TRAFFIC_HAS_SOCK_TRACEPOINTS (!TRAFFIC_HAS_SENDPAGE)

/*
 * Up to 6.12, __DO_TRACE() of <linux/tracepoint.h> calls probes with preemption
 * off. Some later kernels hold SRCU there instead, so the probes of transfers
 * turn preemption off themselves.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define traffic_probe_begin() preempt_disable_notrace()
#define traffic_probe_end() preempt_enable_notrace()
#else
#define traffic_probe_begin() ((void)0)
#define traffic_probe_end() ((void)0)
#endif

/*
 * Since 6.16 the probes of sched_process_exit get an argument that says whether
 * the thread group is dead. Before, they read ->live. Threads that exit at the
 * same time can all see it at zero: only the first one finds a record to end.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define TRAFFIC_EXIT_PROBE(name, task, dead) \
	void name(void *data, struct task_struct *(task), bool dead)
#define traffic_group_dead(task, dead) (dead)
#else
#define TRAFFIC_EXIT_PROBE(name, task, dead) \
	void name(void *data, struct task_struct *(task))
#define traffic_group_dead(task, dead) (!atomic_read(&(task)->signal->live))
#endif

/*
 * a683a5b2ba23 ("fold fs_struct->{lock,seq} into a seqlock"), 6.17. A reader
 * that excludes writers leaves the sequence even, so d_path() can read it
 * meanwhile.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
#define traffic_lock_fs(fs) read_seqlock_excl(&(fs)->seq)
#define traffic_unlock_fs(fs) read_sequnlock_excl(&(fs)->seq)
#else
#define traffic_lock_fs(fs) spin_lock(&(fs)->lock)
#define traffic_unlock_fs(fs) spin_unlock(&(fs)->lock)
#endif

#endif
