// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "account/sctp.h"

#include <net/sctp/structs.h>

/*
 * True if, since the module was loaded, any socket had a subscription that
 * sock_has_subscriptions() cannot see. There are two kinds. The subscription of
 * one association is in a list that only the holder of the socket's lock may
 * read. And a cancelled subscription may have left notifications in the queue.
 * The module does not know which processes use such a socket, so the flag
 * applies to all processes.
 */
static bool has_hidden_subscriptions;

static notrace bool sock_has_subscriptions(const struct sock *sk)
{
	/* SCTP_DATA_IO_EVENT adds ancillary data and causes no notification. */
	const u16 data_io = BIT(SCTP_DATA_IO_EVENT - SCTP_SN_TYPE_BASE);

	return READ_ONCE(sctp_sk(sk)->subscribe) & ~data_io;
}

bool traffic_sctp_may_notify(const struct sock *sk)
{
	return sock_has_subscriptions(sk) ||
	       READ_ONCE(has_hidden_subscriptions);
}

void notrace traffic_sctp_notice_option(const struct sock *sk, int option)
{
	if (option == SCTP_EVENT ||
	    (option == SCTP_EVENTS && sock_has_subscriptions(sk)))
		WRITE_ONCE(has_hidden_subscriptions, true);
}
