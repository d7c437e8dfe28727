// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "account/sctp.h"

#include <net/sctp/structs.h>

/*
 * Since the load there were subscriptions that no socket shows: of one
 * association, whose list is nobody's to look at who does not hold the socket;
 * or those of a socket, when they ended with notifications still in its queue.
 * Which processes have the socket is not known, so it is said of all.
 */
static bool some_are_hidden;

static notrace bool has_events(const struct sock *sk)
{
	/* The data of a message come with it, not as a notification. */
	const u16 data_io = BIT(SCTP_DATA_IO_EVENT - SCTP_SN_TYPE_BASE);

	return READ_ONCE(sctp_sk(sk)->subscribe) & ~data_io;
}

bool traffic_sctp_may_notify(const struct sock *sk)
{
	return has_events(sk) || READ_ONCE(some_are_hidden);
}

void notrace traffic_sctp_notice_option(const struct sock *sk, int option)
{
	if (option == SCTP_EVENT || (option == SCTP_EVENTS && has_events(sk)))
		WRITE_ONCE(some_are_hidden, true);
}
