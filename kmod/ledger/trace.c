// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"

#define CREATE_TRACE_POINTS
#include "ledger/trace.h"

#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/string_helpers.h>
#include <net/ipv6.h>

#include "counts/careful.h"
#include "counts/transfer.h"

int traffic_trace_calls_on(void)
{
	atomic_inc(&traffic_careful);
	return 0;
}

/*
 * This can run after traffic_exit(), because the kernel disables the events of
 * a module last.
 */
void traffic_trace_calls_off(void)
{
	atomic_dec(&traffic_careful);
}

/* ---- Fields of an event ------------------------------------------------ */

/*
 * Escapes spaces and line feeds, so that a name cannot forge a line of a trace.
 * Also escapes the name "-", because a trace prints "-" for "no name".
 */
static int name_escape(const char *name, char *to, size_t size)
{
	/* Only a path can be longer than NAME_MAX. It would not fit. */
	return string_escape_mem(name, strnlen(name, NAME_MAX), to, size,
				 ESCAPE_OCTAL | ESCAPE_NP | ESCAPE_APPEND,
				 strcmp(name, "-") ? " \\" : "-");
}

size_t traffic_escaped_size(const char *name)
{
	return name ? name_escape(name, NULL, 0) + 1 : sizeof("-");
}

void traffic_escape(char *to, size_t size, const char *name)
{
	if (!name)
		strscpy(to, "-", size);
	else
		to[min_t(size_t, name_escape(name, to, size - 1), size - 1)] =
			'\0';
}

void traffic_copy_address(u8 *to, u32 family, const struct traffic_end *end)
{
	struct in6_addr address = {};

	if (family == AF_INET6)
		address = end->v6;
	else if (family == AF_INET && end->v4)
		ipv6_addr_set_v4mapped(end->v4, &address);
	memcpy(to, &address, sizeof(address));
}

/* ---- Events ------------------------------------------------------------- */

void traffic_trace_transfer(pid_t tgid, const char *program,
			    const struct traffic_transfer *transfer,
			    enum traffic_transport transport)
{
	struct traffic_peer peer;

	traffic_peer_of(&peer, transfer);
	if (transfer->direction == TRAFFIC_TX)
		trace_send(tgid, program, transfer->result, transport, &peer);
	else
		trace_recv(tgid, program, transfer->result, transport, &peer);
}

void traffic_trace_exit(u64 id, pid_t tgid, int exit_code, const char *program,
			const struct traffic_totals *totals)
{
	struct traffic_count received, sent;

	if (!trace_exit_enabled())
		return;
	received = traffic_totals_sum(totals, TRAFFIC_RX);
	sent = traffic_totals_sum(totals, TRAFFIC_TX);
	trace_exit(id, tgid, exit_code, program, &received, &sent);
}
