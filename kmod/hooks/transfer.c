// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "hooks/transfer.h"

#include <linux/tracepoint.h>

#include "account/fast.h"
#include "compat.h"

/*
 * Not inlined: keeps the probes free of a stack frame for processes that are
 * not targets. The arguments have the same order as those of the probes, so that
 * none has to be moved to another register. count_sent() has no flags: the
 * kernel passes 0 to sock_send_length, not the flags of the call.
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
	if (unlikely(traffic_bucket_is_used(bucket)))
		count_sent(bucket, sk, result);
	traffic_probe_end();
}

static void notrace probe_recv(void *data, struct sock *sk, int result,
			       int flags)
{
	struct hlist_head *bucket = traffic_bucket(current->tgid);

	traffic_probe_begin();
	if (unlikely(traffic_bucket_is_used(bucket)))
		count_received(bucket, sk, result, flags);
	traffic_probe_end();
}

struct traffic_probe traffic_transfer_probes[TRAFFIC_TRANSFER_PROBES] = {
	{ .name = "sock_send_length", .function = probe_send },
	{ .name = "sock_recv_length", .function = probe_recv },
};

#if TRAFFIC_HAS_SOCK_TRACEPOINTS
#include <trace/events/sock.h>

/* Makes the compiler compare the probes with the prototypes of this kernel. */
static void __maybe_unused check_transfer_prototypes(void)
{
	check_trace_callback_type_sock_send_length(probe_send);
	check_trace_callback_type_sock_recv_length(probe_recv);
}
#endif
