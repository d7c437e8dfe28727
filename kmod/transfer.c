// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "transfer.h"

#include <linux/tracepoint.h>

#include "account.h"
#include "compat.h"

static void probe_send(void *data, struct sock *sk, int result, int flags)
{
	traffic_account(sk, TRAFFIC_TX, result, flags, NULL);
}

static void probe_recv(void *data, struct sock *sk, int result, int flags)
{
	traffic_account(sk, TRAFFIC_RX, result, flags, NULL);
}

struct traffic_probe traffic_transfer_probes[TRAFFIC_TRANSFER_PROBES] = {
	{ .name = "sock_send_length", .function = probe_send },
	{ .name = "sock_recv_length", .function = probe_recv },
};

#if TRAFFIC_HAS_SOCK_TRACEPOINTS
#include <trace/events/sock.h>

/* The compiler compares the probes with this kernel's prototypes. */
static void __maybe_unused check_prototypes(void)
{
	check_trace_callback_type_sock_send_length(probe_send);
	check_trace_callback_type_sock_recv_length(probe_recv);
}
#endif
