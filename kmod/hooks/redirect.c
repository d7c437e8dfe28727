// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "hooks/redirect.h"

#include <linux/delay.h>
#include <linux/file.h>
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/socket.h>
#include <linux/tcp.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <asm/nops.h>
#include <asm/text-patching.h>

#include "account/account.h"
#include "compat.h"
#include "family.h"
#include "hooks/wrappers.h"
#include "ledger/ledger.h"

/* Upper limit for the offset of the ftrace call from the entry, in bytes. */
#define FENTRY_MAX 16

/*
 * ftrace returns -EAGAIN while another of its users holds its lock. Try again for
 * a second.
 */
#define RETRIES 100
#define RETRY_MS 10

static unsigned long text_start, text_size;

/*
 * A hash table, by the address of the function. If two functions have the same
 * slot, the slot has only one of them: the other is found by search.
 */
static struct traffic_wrapper *wrappers_by_address[64];

static notrace struct traffic_wrapper **wrapper_slot(unsigned long address)
{
	return &wrappers_by_address[address / FENTRY_MAX %
				    ARRAY_SIZE(wrappers_by_address)];
}

static notrace bool wrapper_is_at(const struct traffic_wrapper *wrapper,
				  unsigned long ip)
{
	return ip - (unsigned long)wrapper->original < FENTRY_MAX;
}

static notrace struct traffic_wrapper *wrapper_search(unsigned long ip)
{
	struct traffic_wrapper *wrapper;

	for (wrapper = traffic_wrappers;
	     wrapper < traffic_wrappers + TRAFFIC_WRAPPED; wrapper++)
		if (wrapper->attached && wrapper_is_at(wrapper, ip))
			return wrapper;
	return NULL;
}

static __always_inline struct traffic_wrapper *wrapper_at(unsigned long ip)
{
	struct traffic_wrapper *wrapper = *wrapper_slot(ip);

	return likely(wrapper && wrapper_is_at(wrapper, ip)) ?
		       wrapper :
		       wrapper_search(ip);
}

static notrace bool current_is_target(void)
{
	pid_t tgid = current->tgid;
	bool found;

	/* ftrace may call us with preemption on; the lookup needs it off. */
	preempt_disable_notrace();
	found = traffic_record_of(tgid);
	preempt_enable_notrace();
	return found;
}

static __always_inline struct socket *
wrapper_socket(const struct traffic_wrapper *wrapper, struct ftrace_regs *fregs)
{
	void *argument = (void *)traffic_argument(fregs, 0);

	return wrapper->takes_file ? ((struct file *)argument)->private_data :
				     argument;
}

/*
 * Only this option receives payload. Calls with other options are not
 * redirected, so the unload need not wait for them.
 */
static notrace bool is_zerocopy_receive(struct ftrace_regs *fregs)
{
	return (int)traffic_argument(fregs, 1) == SOL_TCP &&
	       (int)traffic_argument(fregs, 2) == TCP_ZEROCOPY_RECEIVE;
}

/*
 * Not inlined: keeps redirect_callback() free of a stack frame for processes
 * that are not targets.
 */
static noinline notrace void redirect_target(unsigned long ip,
					     unsigned long parent_ip,
					     struct ftrace_ops *ops,
					     struct ftrace_regs *fregs)
{
	struct traffic_wrapper *wrapper;

	/*
	 * The caller is one of our wrappers, which calls the original at its
	 * entry (see wrappers.c). Do not redirect the call again.
	 */
	if (parent_ip - text_start < text_size)
		return;
	/* In an interrupt, current has nothing to do with the call. */
	if (!in_task() || !current_is_target())
		return;
	wrapper = wrapper_at(ip);
	if (!wrapper)
		return;
	if (wrapper == &traffic_wrappers[TRAFFIC_COMMON_GETSOCKOPT] &&
	    !is_zerocopy_receive(fregs))
		return;
	/*
	 * A socket that is not counted needs no redirection. And the kernel's
	 * own calls in the context of a target must not be redirected: they do
	 * not expect to be woken at an unload.
	 */
	if (!traffic_sock_is_counted(wrapper_socket(wrapper, fregs)->sk))
		return;
	traffic_set_ip(fregs, (unsigned long)wrapper->function);
}

/*
 * Runs wherever a hooked function is called, so it takes no lock, does not
 * sleep and calls nothing that can be traced. A process that is not a target
 * continues in the original function with nothing of ours on its stack.
 */
static void notrace redirect_callback(unsigned long ip, unsigned long parent_ip,
				      struct ftrace_ops *ops,
				      struct ftrace_regs *fregs)
{
	if (unlikely(traffic_maybe_target(current->tgid)))
		redirect_target(ip, parent_ip, ops, fregs);
}

/*
 * IPMODIFY lets the callback change where the call continues; livepatches use
 * it too. PERMANENT makes the kernel refuse kernel.ftrace_enabled=0, which would
 * otherwise stop the counting silently.
 */
static struct ftrace_ops redirect_ops = {
	.func = redirect_callback,
	.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT,
};

/* ---- Where the functions are ------------------------------------------ */

/*
 * The operations of a socket hold the true entry addresses, also those of
 * static functions. Creating a socket may load the module of its protocol, so
 * it is done only for the families that the user named.
 */
static const struct {
	enum traffic_family family;
	int domain, type, protocol;
	enum traffic_wrapped send, recv, sendpage; /* 0: none */
	bool optional; /* if the kernel lacks it, attaching still succeeds */
} socket_functions[] = {
	{ TRAFFIC_FAMILY_INET, AF_INET, SOCK_DGRAM, IPPROTO_UDP,
	  TRAFFIC_INET_SENDMSG, TRAFFIC_INET_RECVMSG, TRAFFIC_INET_SENDPAGE },
	/* Absent with ipv6.disable=1. */
	{ TRAFFIC_FAMILY_INET, AF_INET6, SOCK_DGRAM, IPPROTO_UDP,
	  TRAFFIC_INET6_SENDMSG, TRAFFIC_INET6_RECVMSG, 0, true },
	{ TRAFFIC_FAMILY_UNIX, AF_UNIX, SOCK_STREAM, 0,
	  TRAFFIC_UNIX_STREAM_SENDMSG, TRAFFIC_UNIX_STREAM_RECVMSG,
	  TRAFFIC_UNIX_STREAM_SENDPAGE },
	{ TRAFFIC_FAMILY_UNIX, AF_UNIX, SOCK_DGRAM, 0,
	  TRAFFIC_UNIX_DGRAM_SENDMSG, TRAFFIC_UNIX_DGRAM_RECVMSG },
	{ TRAFFIC_FAMILY_UNIX, AF_UNIX, SOCK_SEQPACKET, 0,
	  TRAFFIC_UNIX_SEQPACKET_SENDMSG, TRAFFIC_UNIX_SEQPACKET_RECVMSG },
	{ TRAFFIC_FAMILY_PACKET, AF_PACKET, SOCK_DGRAM, 0,
	  TRAFFIC_PACKET_SENDMSG, TRAFFIC_PACKET_RECVMSG },
	{ TRAFFIC_FAMILY_PACKET, AF_PACKET, SOCK_PACKET, 0,
	  TRAFFIC_PACKET_SENDMSG_SPKT, 0 },
	{ TRAFFIC_FAMILY_VSOCK, AF_VSOCK, SOCK_STREAM, 0, TRAFFIC_VSOCK_SENDMSG,
	  TRAFFIC_VSOCK_RECVMSG },
	/* Only some hypervisors have datagrams. */
	{ TRAFFIC_FAMILY_VSOCK, AF_VSOCK, SOCK_DGRAM, 0,
	  TRAFFIC_VSOCK_DGRAM_SENDMSG, TRAFFIC_VSOCK_DGRAM_RECVMSG, 0, true },
};

static void wrapper_set_original(enum traffic_wrapped which, void *function,
				 struct module *owner)
{
	if (!which)
		return;
	traffic_wrappers[which].original = function;
	traffic_wrappers[which].owner = owner;
}

/* The kernel does not have the family, or it was disabled at boot. */
static bool family_is_absent(int err)
{
	return err == -EAFNOSUPPORT || err == -EPROTONOSUPPORT ||
	       err == -ESOCKTNOSUPPORT || err == -ENODEV;
}

static int wrappers_find_transfers(void)
{
	size_t i;

	/* IPv6 raw sockets and DCCP receive with this function. */
	wrapper_set_original(TRAFFIC_COMMON_RECVMSG, sock_common_recvmsg, NULL);
	for (i = 0; i < ARRAY_SIZE(socket_functions); i++) {
		const typeof(*socket_functions) *of = &socket_functions[i];
		const struct proto_ops *socket_ops;
		struct socket *sock;
		int err;

		if (!traffic_family_counts(of->family))
			continue;
		err = sock_create_kern(&init_net, of->domain, of->type,
				       of->protocol, &sock);
		if (of->optional && family_is_absent(err))
			continue;
		if (err)
			return err;
		socket_ops = READ_ONCE(sock->ops);
		wrapper_set_original(of->send, socket_ops->sendmsg,
				     socket_ops->owner);
		wrapper_set_original(of->recv, socket_ops->recvmsg,
				     socket_ops->owner);
#if TRAFFIC_HAS_SENDPAGE
		wrapper_set_original(of->sendpage, socket_ops->sendpage,
				     socket_ops->owner);
#endif
		sock_release(sock);
	}
	return 0;
}

/* Finds the functions that are redirected with either engine. */
static int wrappers_find_others(void)
{
	struct socket *sock;
	struct file *file;
	int err;

	err = sock_create_kern(&init_net, AF_INET, SOCK_STREAM, IPPROTO_TCP,
			       &sock);
	if (err)
		return err;
	/* TCP over IPv6 has the same function. Later kernels may have another. */
	wrapper_set_original(TRAFFIC_COMMON_GETSOCKOPT,
			     READ_ONCE(sock->ops)->getsockopt,
			     READ_ONCE(sock->ops)->owner);
	/* The file owns the socket from here on, also after an error. */
	file = sock_alloc_file(sock, 0, NULL);
	if (IS_ERR(file))
		return PTR_ERR(file);
	traffic_wrappers[TRAFFIC_SPLICE_READ].original =
		file->f_op->splice_read;
	fput(file);
	return traffic_wrappers[TRAFFIC_COMMON_GETSOCKOPT].original ? 0 :
								      -ENOENT;
}

/* ---- Attaching -------------------------------------------------------- */

static int ftrace_register(struct ftrace_ops *which)
{
	int tries, err;

	for (tries = 0; tries < RETRIES; tries++) {
		err = register_ftrace_function(which);
		if (err != -EAGAIN)
			break;
		msleep(RETRY_MS);
	}
	return err;
}

static void notrace trial_callback(unsigned long ip, unsigned long parent_ip,
				   struct ftrace_ops *ops,
				   struct ftrace_regs *fregs)
{
}

/*
 * ftrace does not report which function is already redirected, so each is tried
 * alone. Returns true if it found one.
 */
static bool log_conflicts(void)
{
	struct traffic_wrapper *wrapper;
	bool found = false;

	for (wrapper = traffic_wrappers;
	     wrapper < traffic_wrappers + TRAFFIC_WRAPPED; wrapper++) {
		static struct ftrace_ops trial;

		if (!wrapper->attached)
			continue;
		trial = (struct ftrace_ops){
			.func = trial_callback,
			.flags = FTRACE_OPS_FL_IPMODIFY,
		};
		if (ftrace_set_filter_ip(
			    &trial, (unsigned long)wrapper->original, 0, 1))
			continue;
		if (ftrace_register(&trial)) {
			found = true;
			pr_err("error - %s is redirected by somebody else (a livepatch?).\n",
			       wrapper->name);
		} else {
			unregister_ftrace_function(&trial);
		}
		ftrace_free_filter(&trial);
	}
	return found;
}

/*
 * ftrace also returns EBUSY if PERMANENT is not possible. Then no function is in
 * conflict.
 */
static void log_refusal(int err)
{
	if (err == -EBUSY && log_conflicts())
		return;
	pr_err("error - ftrace refuses the hooks: %d%s.\n", err,
	       err == -EBUSY ? " (kernel.ftrace_enabled is 0?)" : "");
}

static void wrappers_release(void)
{
	struct traffic_wrapper *wrapper;

	for (wrapper = traffic_wrappers;
	     wrapper < traffic_wrappers + TRAFFIC_WRAPPED; wrapper++) {
		if (!wrapper->attached)
			continue;
		wrapper->attached = false;
		*wrapper_slot((unsigned long)wrapper->original) = NULL;
		module_put(wrapper->owner);
	}
}

/*
 * Returns the address at which a wrapper calls the original. Other tracers of
 * the function have already seen the call when it came in. To keep them from
 * seeing it twice, a wrapper calls the original after the five bytes that call
 * ftrace. These are at the entry, or after an ENDBR at the entry. If they are in
 * neither place, the wrapper calls the entry.
 */
static void *after_ftrace_call(void *function)
{
	static const u8 nop[MCOUNT_INSN_SIZE] = { BYTES_NOP5 };
	static const u8 endbr[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	const u8 *site = function;

	if (!memcmp(site, endbr, sizeof(endbr)))
		site += sizeof(endbr);
	if (*site != CALL_INSN_OPCODE && memcmp(site, nop, sizeof(nop)))
		return function;
	return (void *)(site + MCOUNT_INSN_SIZE);
}

/* Holds the modules of the functions while ftrace has their addresses. */
static int wrappers_hold(void)
{
	struct traffic_wrapper *wrapper;
	int err;

	for (wrapper = traffic_wrappers;
	     wrapper < traffic_wrappers + TRAFFIC_WRAPPED; wrapper++) {
		if (!wrapper->original)
			continue;
		if (!try_module_get(wrapper->owner)) {
			err = -ENODEV;
			goto out;
		}
		wrapper->attached = true;
		*wrapper_slot((unsigned long)wrapper->original) = wrapper;
		traffic_wrapper_call(wrapper,
				     after_ftrace_call(wrapper->original));
		err = ftrace_set_filter_ip(
			&redirect_ops, (unsigned long)wrapper->original, 0, 0);
		if (err)
			goto out;
	}
	return 0;

out:
	pr_err("error - %s cannot be attached: %d.\n", wrapper->name, err);
	wrappers_release();
	return err;
}

int traffic_redirect_attach(bool transfers)
{
	int err;

	text_start = traffic_text_start();
	text_size = traffic_text_size();
	err = wrappers_find_others();
	if (!err && transfers)
		err = wrappers_find_transfers();
	if (err) {
		pr_err("error - socket functions not found: %d.\n", err);
		return err;
	}
	err = wrappers_hold();
	if (err)
		goto out_filter;
	err = ftrace_register(&redirect_ops);
	if (err)
		goto out_release;
	return 0;

out_release:
	log_refusal(err);
	wrappers_release();
out_filter:
	ftrace_free_filter(&redirect_ops);
	return err;
}

int traffic_redirect_detach(void)
{
	int err = unregister_ftrace_function(&redirect_ops);

	if (err)
		return err;
	ftrace_free_filter(&redirect_ops);
	wrappers_release();
	return 0;
}
