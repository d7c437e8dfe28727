// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"

#define CREATE_TRACE_POINTS
#include "ledger/trace.h"

#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/string_helpers.h>
#include <net/ipv6.h>

#include "ledger/watch.h"

int traffic_trace_begin(void)
{
	atomic_inc(&traffic_careful);
	return 0;
}

/* Also after traffic_exit(): the kernel turns the events of a module off last. */
void traffic_trace_end(void)
{
	atomic_dec(&traffic_careful);
}

/* ---- What is in an event ----------------------------------------------- */

/* A line is what has no space or line feed in it; "-" is no name. */
static int escape(const char *name, char *to, size_t size)
{
	/* A longer one, which only a path can be, would not fit. */
	return string_escape_mem(name, strnlen(name, NAME_MAX), to, size,
				 ESCAPE_OCTAL | ESCAPE_NP | ESCAPE_APPEND,
				 strcmp(name, "-") ? " \\" : "-");
}

size_t traffic_escaped_size(const char *name)
{
	return name ? escape(name, NULL, 0) + 1 : sizeof("-");
}

void traffic_escape(char *to, size_t size, const char *name)
{
	if (!name)
		strscpy(to, "-", size);
	else
		to[min_t(size_t, escape(name, to, size - 1), size - 1)] = '\0';
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

void traffic_trace_transfer(const struct traffic_record *record,
			    const struct traffic_transfer *transfer,
			    enum traffic_transport transport)
{
	const char *program = traffic_record_program(record);
	struct traffic_peer peer;

	traffic_peer_of(&peer, transfer);
	if (transfer->direction == TRAFFIC_TX)
		trace_send(record->tgid, program, transfer->result, transport,
			   &peer);
	else
		trace_recv(record->tgid, program, transfer->result, transport,
			   &peer);
}

void traffic_trace_exec(pid_t tgid, const char *name)
{
	const struct traffic_record *record;

	if (!trace_exec_enabled())
		return;
	record = traffic_find_from(traffic_first_at(tgid), tgid);
	if (record)
		trace_exec(tgid, traffic_record_program(record), name);
}

void traffic_trace_exit(const struct traffic_record *record,
			const struct traffic_totals *totals)
{
	struct traffic_count received, sent;

	if (!trace_exit_enabled())
		return;
	received = traffic_totals_sum(totals, TRAFFIC_RX);
	sent = traffic_totals_sum(totals, TRAFFIC_TX);
	trace_exit(&record->process, traffic_record_program(record), &received,
		   &sent);
}
