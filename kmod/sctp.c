// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "sctp.h"

#include <net/sctp/structs.h>

bool traffic_sctp_has_events(struct sock *sk)
{
	/* The data of a message come with it, not as a notification. */
	const u16 data_io = BIT(SCTP_DATA_IO_EVENT - SCTP_SN_TYPE_BASE);

	return READ_ONCE(sctp_sk(sk)->subscribe) & ~data_io;
}
