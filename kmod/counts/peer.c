// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "counts/peer.h"

#include <linux/in.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/uaccess.h>
#include <linux/vm_sockets.h>
#include <asm/syscall.h>
#include <asm/unistd.h>
#include <net/af_vsock.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "counts/transfer.h"

/* ---- Whether a send names a destination (msg_name) ----------------------- */

/* The functions of this section are for hooks that do not get the msghdr. */

/* More messages than this are not read: it would take too long. */
#define MESSAGES_MAX 64

static bool msghdr_is_nameless(const struct user_msghdr __user *message)
{
	void __user *name;

	return !copy_from_user_nofault(&name, &message->msg_name,
				       sizeof(name)) &&
	       !name;
}

static bool mmsghdrs_are_nameless(const struct mmsghdr __user *messages,
				  unsigned int count)
{
	unsigned int i;

	if (count > MESSAGES_MAX)
		return false;
	for (i = 0; i < count; i++)
		if (!msghdr_is_nameless(&messages[i].msg_hdr))
			return false;
	return true;
}

/*
 * True if current is in a send that names no destination. A connected socket
 * then sends to its own peer. False: the send may name another peer.
 */
static bool send_uses_socket_peer(void)
{
	const struct pt_regs *regs = task_pt_regs(current);

	if (!traffic_in_syscall(regs) || in_ia32_syscall())
		return false;
	switch (syscall_get_nr(current, task_pt_regs(current))) {
	case __NR_write:
	case __NR_writev:
	case __NR_pwritev2:
	case __NR_sendfile:
	case __NR_splice:
		return true;
	case __NR_sendto:
		return !regs->r8;
	case __NR_sendmsg:
		return msghdr_is_nameless((void __user *)regs->si);
	case __NR_sendmmsg:
		return mmsghdrs_are_nameless((void __user *)regs->si, regs->dx);
	default:
		return false; /* io_uring, for example */
	}
}

/* Needed because the tracepoint does not get the flags of a send. */
bool traffic_call_is_probe(void)
{
	const struct pt_regs *regs = task_pt_regs(current);

	if (!traffic_in_syscall(regs) || in_ia32_syscall())
		return false;
	switch (syscall_get_nr(current, task_pt_regs(current))) {
	case __NR_sendto:
	case __NR_sendmmsg:
		return regs->r10 & MSG_PROBE;
	case __NR_sendmsg:
		return regs->dx & MSG_PROBE;
	default:
		return false;
	}
}

/* ---- Ends --------------------------------------------------------------- */

static void end_set_v4(struct traffic_peer *peer, struct traffic_end *end,
		       __be32 address)
{
	end->v4 = address;
	peer->family = AF_INET;
}

static void end_set_v6(struct traffic_peer *peer, struct traffic_end *end,
		       const struct in6_addr *address)
{
	if (ipv6_addr_v4mapped(address)) {
		end_set_v4(peer, end, address->s6_addr32[3]);
		return;
	}
	end->v6 = *address;
}

static bool sock_has_ports(const struct sock *sk)
{
	switch (sk->sk_type == SOCK_RAW ? IPPROTO_RAW : sk->sk_protocol) {
	case IPPROTO_TCP:
	case IPPROTO_MPTCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		return true;
	default:
		return false;
	}
}

/* False: the msg_name of @msg is not an address of IPv4 or IPv6. */
static bool peer_set_named(struct traffic_peer *peer, const struct sock *sk,
			   const struct msghdr *msg)
{
	const struct sockaddr_in6 *v6 = msg->msg_name;
	const struct sockaddr_in *v4 = msg->msg_name;
	__be16 port;

	if (v4->sin_family == AF_INET && msg->msg_namelen >= sizeof(*v4)) {
		end_set_v4(peer, &peer->remote, v4->sin_addr.s_addr);
		port = v4->sin_port;
	} else if (v6->sin6_family == AF_INET6 &&
		   msg->msg_namelen >= SIN6_LEN_RFC2133) {
		end_set_v6(peer, &peer->remote, &v6->sin6_addr);
		port = v6->sin6_port;
	} else {
		return false;
	}
	if (sock_has_ports(sk))
		peer->remote.port = ntohs(port);
	return true;
}

static void peer_set_connected(struct traffic_peer *peer, const struct sock *sk)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6)
		end_set_v6(peer, &peer->remote, &sk->sk_v6_daddr);
	else
#endif
		end_set_v4(peer, &peer->remote, sk->sk_daddr);
	if (traffic_end_known(&peer->remote) && sock_has_ports(sk))
		peer->remote.port = ntohs(sk->sk_dport);
}

bool traffic_sock_is_connected(const struct sock *sk)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6)
		return !ipv6_addr_any(&sk->sk_v6_daddr);
#endif
	return sk->sk_daddr;
}

static void peer_set_inet(struct traffic_peer *peer,
			  const struct traffic_transfer *transfer)
{
	const struct msghdr *msg = transfer->msg;
	const struct sock *sk = transfer->sk;

	peer->family = sk->sk_family;
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6)
		end_set_v6(peer, &peer->local, &sk->sk_v6_rcv_saddr);
	else
#endif
		end_set_v4(peer, &peer->local, inet_sk(sk)->inet_rcv_saddr);
	if (sock_has_ports(sk))
		peer->local.port = inet_sk(sk)->inet_num;

	/* A stream always uses its own peer: msg_name is ignored. */
	if (sk->sk_type == SOCK_STREAM)
		peer_set_connected(peer, sk);
	else if (msg && msg->msg_name && msg->msg_namelen)
		peer_set_named(peer, sk, msg);
	else if (msg || transfer->direction == TRAFFIC_RX ||
		 send_uses_socket_peer())
		peer_set_connected(peer, sk);
}

#if IS_ENABLED(CONFIG_VSOCKETS)
static void end_set_vsock(struct traffic_end *end,
			  const struct sockaddr_vm *address)
{
	if (address->svm_port != VMADDR_PORT_ANY)
		end->port = address->svm_port;
	if (address->svm_cid != VMADDR_CID_ANY)
		end->cid = address->svm_cid + 1;
}
#endif

void traffic_peer_of(struct traffic_peer *peer,
		     const struct traffic_transfer *transfer)
{
	struct sock *sk = transfer->sk;

	memset(peer, 0, sizeof(*peer));
	peer->netns = sock_net(sk)->ns.inum;
	switch (sk->sk_family) {
	case AF_INET:
	case AF_INET6:
		peer_set_inet(peer, transfer);
		break;
#if IS_ENABLED(CONFIG_VSOCKETS)
	case AF_VSOCK:
		peer->family = AF_VSOCK;
		end_set_vsock(&peer->local, &vsock_sk(sk)->local_addr);
		end_set_vsock(&peer->remote, &vsock_sk(sk)->remote_addr);
		break;
#endif
	default:
		peer->family = sk->sk_family;
		break;
	}
}
