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
#include "ledger/ledger.h"
#include "hooks/wrappers.h"

/* Where a function's call of ftrace may stand behind its entry. */
#define FENTRY_MAX 16

/* Another user of ftrace holds its lock: try again for a second. */
#define RETRIES 100
#define RETRY_MS 10

static unsigned long text_start, text_size;

/* By the part of the address that functions differ in; the rest by search. */
static struct traffic_wrapper *by_address[64];

static struct traffic_wrapper **place_of(unsigned long address)
{
	return &by_address[address / FENTRY_MAX % ARRAY_SIZE(by_address)];
}

static bool is_at(const struct traffic_wrapper *wrapper, unsigned long ip)
{
	return ip - (unsigned long)wrapper->original < FENTRY_MAX;
}

static struct traffic_wrapper *search_wrapper(unsigned long ip)
{
	struct traffic_wrapper *wrapper;

	for (wrapper = traffic_wrappers;
	     wrapper < traffic_wrappers + TRAFFIC_WRAPPED; wrapper++)
		if (wrapper->attached && is_at(wrapper, ip))
			return wrapper;
	return NULL;
}

static __always_inline struct traffic_wrapper *wrapper_at(unsigned long ip)
{
	struct traffic_wrapper *wrapper = *place_of(ip);

	return likely(wrapper && is_at(wrapper, ip)) ? wrapper :
						       search_wrapper(ip);
}

static bool is_target(void)
{
	pid_t tgid = current->tgid;
	bool found;

	/* ftrace calls us preemptible; the lookup needs RCU. */
	preempt_disable_notrace();
	found = traffic_find_from(traffic_first_at(tgid), tgid);
	preempt_enable_notrace();
	return found;
}

static __always_inline struct socket *
socket_of(const struct traffic_wrapper *wrapper, struct ftrace_regs *fregs)
{
	void *argument = (void *)traffic_argument(fregs, 0);

	return wrapper->takes_file ? ((struct file *)argument)->private_data :
				     argument;
}

/* No other option moves payload; nor do the calls of another need to be waited for. */
static bool receives(struct ftrace_regs *fregs)
{
	return (int)traffic_argument(fregs, 1) == SOL_TCP &&
	       (int)traffic_argument(fregs, 2) == TCP_ZEROCOPY_RECEIVE;
}

/* Apart, so that a bystander's callback has no frame. */
static noinline notrace void redirect_target(unsigned long ip,
					     unsigned long parent_ip,
					     struct ftrace_ops *ops,
					     struct ftrace_regs *fregs)
{
	struct traffic_wrapper *wrapper;

	/* A wrapper's own call of the original, if it went by the entry. */
	if (parent_ip - text_start < text_size)
		return;
	/* In an interrupt current is nobody's. */
	if (!in_task() || !is_target())
		return;
	wrapper = wrapper_at(ip);
	if (!wrapper)
		return;
	if (wrapper == &traffic_wrappers[TRAFFIC_COMMON_GETSOCKOPT] &&
	    !receives(fregs))
		return;
	/*
	 * Nothing is gained with a socket that is not counted, and the kernel's
	 * own calls in a target's context do not expect to be woken.
	 */
	if (!traffic_is_counted(socket_of(wrapper, fregs)->sk))
		return;
	traffic_set_ip(fregs, (unsigned long)wrapper->function);
}

/*
 * May run anywhere that a hooked function runs, so it takes no lock, does not
 * sleep and calls nothing that is traced. A bystander goes on to the original
 * with nothing of ours on its stack.
 */
static void notrace redirect(unsigned long ip, unsigned long parent_ip,
			     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	if (unlikely(traffic_maybe_target(current->tgid)))
		redirect_target(ip, parent_ip, ops, fregs);
}

/*
 * As a livepatch's. PERMANENT: kernel.ftrace_enabled=0 is refused instead of
 * stopping the count in silence.
 */
static struct ftrace_ops ops = {
	.func = redirect,
	.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT,
};

/* ---- Where the functions are ------------------------------------------ */

/*
 * The operations of a socket hold the true entries, also of static functions.
 * To ask for a socket may load a protocol's module: only what the user named.
 */
static const struct {
	enum traffic_family family;
	int domain, type, protocol;
	enum traffic_wrapped send, recv, sendpage; /* 0: none */
	bool optional; /* the kernel may do without */
} socket_functions[] = {
	{ TRAFFIC_FAMILY_INET, AF_INET, SOCK_DGRAM, IPPROTO_UDP,
	  TRAFFIC_INET_SENDMSG, TRAFFIC_INET_RECVMSG, TRAFFIC_INET_SENDPAGE },
	/* Not there with ipv6.disable=1. */
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

static void found(enum traffic_wrapped which, void *function,
		  struct module *owner)
{
	if (!which)
		return;
	traffic_wrappers[which].original = function;
	traffic_wrappers[which].owner = owner;
}

/* What this kernel does not have, or was told to leave: ipv6.disable=1. */
static bool is_absent(int err)
{
	return err == -EAFNOSUPPORT || err == -EPROTONOSUPPORT ||
	       err == -ESOCKTNOSUPPORT || err == -ENODEV;
}

static int find_transfers(void)
{
	size_t i;

	/* What IPv6 raw sockets and DCCP receive with. */
	found(TRAFFIC_COMMON_RECVMSG, sock_common_recvmsg, NULL);
	for (i = 0; i < ARRAY_SIZE(socket_functions); i++) {
		const typeof(*socket_functions) *of = &socket_functions[i];
		const struct proto_ops *socket_ops;
		struct socket *sock;
		int err;

		if (!traffic_family_counts(of->family))
			continue;
		err = sock_create_kern(&init_net, of->domain, of->type,
				       of->protocol, &sock);
		if (of->optional && is_absent(err))
			continue;
		if (err)
			return err;
		socket_ops = READ_ONCE(sock->ops);
		found(of->send, socket_ops->sendmsg, socket_ops->owner);
		found(of->recv, socket_ops->recvmsg, socket_ops->owner);
#if TRAFFIC_HAS_SENDPAGE
		found(of->sendpage, socket_ops->sendpage, socket_ops->owner);
#endif
		sock_release(sock);
	}
	return 0;
}

/* What is redirected with either engine. */
static int find_others(void)
{
	struct socket *sock;
	struct file *file;
	int err;

	err = sock_create_kern(&init_net, AF_INET, SOCK_STREAM, IPPROTO_TCP,
			       &sock);
	if (err)
		return err;
	/* Of TCP over IPv6 too. It may be another operation one day. */
	found(TRAFFIC_COMMON_GETSOCKOPT, READ_ONCE(sock->ops)->getsockopt,
	      READ_ONCE(sock->ops)->owner);
	/* Owns the socket from here on, also when it fails. */
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

static int register_ops(struct ftrace_ops *which)
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

static void notrace leave_alone(unsigned long ip, unsigned long parent_ip,
				struct ftrace_ops *ops,
				struct ftrace_regs *fregs)
{
}

/* ftrace does not tell which function is somebody else's: ask for each. */
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
			.func = leave_alone,
			.flags = FTRACE_OPS_FL_IPMODIFY,
		};
		if (ftrace_set_filter_ip(
			    &trial, (unsigned long)wrapper->original, 0, 1))
			continue;
		if (register_ops(&trial)) {
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

/* PERMANENT makes it EBUSY too, and then for no function in particular. */
static void log_refusal(int err)
{
	if (err == -EBUSY && log_conflicts())
		return;
	pr_err("error - ftrace refuses: %d%s.\n", err,
	       err == -EBUSY ? " (kernel.ftrace_enabled is 0?)" : "");
}

static void release_functions(void)
{
	struct traffic_wrapper *wrapper;

	for (wrapper = traffic_wrappers;
	     wrapper < traffic_wrappers + TRAFFIC_WRAPPED; wrapper++) {
		if (!wrapper->attached)
			continue;
		wrapper->attached = false;
		*place_of((unsigned long)wrapper->original) = NULL;
		module_put(wrapper->owner);
	}
}

/*
 * Whoever traces a target's function has seen the call when it came in: a
 * wrapper goes on behind the five bytes that call ftrace, so that nobody sees
 * it twice. They stand at the entry, or behind its ENDBR. Where they do not,
 * the entry it is.
 */
static void *behind_ftrace(void *function)
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

/* A function in a module must not go while ftrace knows its address. */
static int hold_functions(void)
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
		*place_of((unsigned long)wrapper->original) = wrapper;
		traffic_wrapper_call(wrapper, behind_ftrace(wrapper->original));
		err = ftrace_set_filter_ip(
			&ops, (unsigned long)wrapper->original, 0, 0);
		if (err)
			goto out;
	}
	return 0;

out:
	pr_err("error - %s cannot be attached: %d.\n", wrapper->name, err);
	release_functions();
	return err;
}

int traffic_redirect_attach(bool transfers)
{
	int err;

	text_start = traffic_text_start();
	text_size = traffic_text_size();
	err = find_others();
	if (!err && transfers)
		err = find_transfers();
	if (err) {
		pr_err("error - socket functions not found: %d.\n", err);
		return err;
	}
	err = hold_functions();
	if (err)
		goto out_filter;
	err = register_ops(&ops);
	if (err)
		goto out_release;
	return 0;

out_release:
	log_refusal(err);
	release_functions();
out_filter:
	ftrace_free_filter(&ops);
	return err;
}

int traffic_redirect_detach(void)
{
	int err = unregister_ftrace_function(&ops);

	if (err)
		return err;
	ftrace_free_filter(&ops);
	release_functions();
	return 0;
}
