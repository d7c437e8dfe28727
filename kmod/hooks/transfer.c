// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "hooks/transfer.h"

#include <linux/tracepoint.h>

#include "account/account.h"
#include "compat.h"

/*
 * What is done for targets stands apart, so that a bystander's probe has no
 * frame; with arguments in the same places, so that none is moved. The
 * tracepoint is given no flags of a send.
 */
static noinline notrace void count_sent(struct hlist_head *bucket,
					struct sock *sk, int result)
{
	traffic_account_target(bucket, sk, TRAFFIC_TX, result, 0, NULL);
}

static noinline notrace void count_received(struct hlist_head *bucket,
					    struct sock *sk, int result,
					    int flags)
{
	traffic_account_target(bucket, sk, TRAFFIC_RX, result, flags, NULL);
}

static void notrace probe_send(void *data, struct sock *sk, int result,
			       int flags)
{
	struct hlist_head *bucket = traffic_bucket(current->tgid);

	traffic_probe_begin();
	if (unlikely(traffic_is_used(bucket)))
		count_sent(bucket, sk, result);
	traffic_probe_end();
}

static void notrace probe_recv(void *data, struct sock *sk, int result,
			       int flags)
{
	struct hlist_head *bucket = traffic_bucket(current->tgid);

	traffic_probe_begin();
	if (unlikely(traffic_is_used(bucket)))
		count_received(bucket, sk, result, flags);
	traffic_probe_end();
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
