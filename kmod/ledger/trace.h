/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace events for ftrace, perf and BPF: what is counted, when it is counted.
 * docs/events.md describes the fields of each.
 *
 * account/fast.h does not know of them. While send or recv is enabled, careful
 * mode makes each call of a target take the slow path, which reports it. So the
 * events cost nothing while they are off.
 *
 * The file is in ledger/ and not in account/, because the ledger reports the
 * end of a record. It takes values, and knows neither records nor watches.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM net_traffic

#if !defined(TRAFFIC_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define TRAFFIC_TRACE_H

#include <linux/in6.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "counts/counters.h"
#include "counts/peer.h"

#ifndef TRAFFIC_TRACE_HELPERS
#define TRAFFIC_TRACE_HELPERS

struct traffic_transfer;

/*
 * Reports a transfer that was just counted for the process @tgid, as send or
 * recv. Preemption is off.
 */
void traffic_trace_transfer(pid_t tgid, const char *program,
			    const struct traffic_transfer *transfer,
			    enum traffic_transport transport);
/* Reports the end of the record @id. */
void traffic_trace_exit(u64 id, pid_t tgid, int exit_code, const char *program,
			const struct traffic_totals *totals);

/*
 * A name as it is written in the files of /proc/net_traffic, with a NUL at the
 * end. NULL is written as "-".
 */
size_t traffic_escaped_size(const char *name);
void traffic_escape(char *to, size_t size, const char *name);
/* Writes an IPv6 address, IPv4-mapped for an IPv4 one. All zero is unknown. */
void traffic_copy_address(u8 *to, u32 family, const struct traffic_end *end);

/* The kernel calls these when send or recv is enabled and disabled. */
int traffic_trace_calls_on(void);
void traffic_trace_calls_off(void);

#endif

TRACE_DEFINE_ENUM(TRAFFIC_TCP);
TRACE_DEFINE_ENUM(TRAFFIC_UDP);
TRACE_DEFINE_ENUM(TRAFFIC_OTHER);
TRACE_DEFINE_ENUM(TRAFFIC_UNIX);
TRACE_DEFINE_ENUM(TRAFFIC_PACKET);
TRACE_DEFINE_ENUM(TRAFFIC_VSOCK);

#define traffic_show_transport(transport)                                    \
	__print_symbolic(transport, { TRAFFIC_TCP, "tcp" },                  \
			 { TRAFFIC_UDP, "udp" }, { TRAFFIC_OTHER, "other" }, \
			 { TRAFFIC_UNIX, "unix" },                           \
			 { TRAFFIC_PACKET, "packet" },                       \
			 { TRAFFIC_VSOCK, "vsock" })

#define traffic_show_family(family)                                        \
	__print_symbolic(family, { AF_UNIX, "unix" }, { AF_INET, "inet" }, \
			 { AF_INET6, "inet6" }, { AF_PACKET, "packet" },   \
			 { AF_VSOCK, "vsock" })

/* The layout is the one that the kernel uses for its events. */
/* clang-format off */

DECLARE_EVENT_CLASS(traffic_transfer,
		    TP_PROTO(pid_t tgid, const char *program, u64 bytes,
			     enum traffic_transport transport,
			     const struct traffic_peer *peer),
		    TP_ARGS(tgid, program, bytes, transport, peer),
		    TP_STRUCT__entry(
			    __field(u64, bytes)
			    __field(pid_t, tgid)
			    __field(u16, family)
			    __field(u8, transport)
			    __field(u32, local_port)
			    __field(u32, remote_port)
			    __array(u8, local_addr, sizeof(struct in6_addr))
			    __array(u8, remote_addr, sizeof(struct in6_addr))
			    __dynamic_array(char, program, traffic_escaped_size(program))
		    ),
		    TP_fast_assign(
			    __entry->bytes = bytes;
			    __entry->tgid = tgid;
			    __entry->family = peer->family;
			    __entry->transport = transport;
			    __entry->local_port = peer->local.port;
			    __entry->remote_port = peer->remote.port;
			    traffic_copy_address(__entry->local_addr, peer->family,
						 &peer->local);
			    traffic_copy_address(__entry->remote_addr, peer->family,
						 &peer->remote);
			    traffic_escape(__get_str(program),
					   __get_dynamic_array_len(program), program);
		    ),
		    TP_printk("tgid=%d program=%s bytes=%llu transport=%s family=%s local=[%pI6c]:%u remote=[%pI6c]:%u",
			      __entry->tgid, __get_str(program), __entry->bytes,
			      traffic_show_transport(__entry->transport),
			      traffic_show_family(__entry->family),
			      __entry->local_addr, __entry->local_port,
			      __entry->remote_addr, __entry->remote_port)
);

DEFINE_EVENT_FN(traffic_transfer, send,
		TP_PROTO(pid_t tgid, const char *program, u64 bytes,
			 enum traffic_transport transport,
			 const struct traffic_peer *peer),
		TP_ARGS(tgid, program, bytes, transport, peer),
		traffic_trace_calls_on, traffic_trace_calls_off
);

DEFINE_EVENT_FN(traffic_transfer, recv,
		TP_PROTO(pid_t tgid, const char *program, u64 bytes,
			 enum traffic_transport transport,
			 const struct traffic_peer *peer),
		TP_ARGS(tgid, program, bytes, transport, peer),
		traffic_trace_calls_on, traffic_trace_calls_off
);

TRACE_EVENT(exec,
	    TP_PROTO(pid_t tgid, const char *program, const char *name),
	    TP_ARGS(tgid, program, name),
	    TP_STRUCT__entry(
		    __field(pid_t, tgid)
		    __dynamic_array(char, program, traffic_escaped_size(program))
		    __dynamic_array(char, name, traffic_escaped_size(name))
	    ),
	    TP_fast_assign(
		    __entry->tgid = tgid;
		    traffic_escape(__get_str(program),
				   __get_dynamic_array_len(program), program);
		    traffic_escape(__get_str(name),
				   __get_dynamic_array_len(name), name);
	    ),
	    TP_printk("tgid=%d program=%s name=%s", __entry->tgid,
		      __get_str(program), __get_str(name))
);

TRACE_EVENT(exit,
	    TP_PROTO(u64 id, pid_t tgid, int exit_code, const char *program,
		     const struct traffic_count *received,
		     const struct traffic_count *sent),
	    TP_ARGS(id, tgid, exit_code, program, received, sent),
	    TP_STRUCT__entry(
		    __field(u64, id)
		    __field(u64, rx_bytes)
		    __field(u64, rx_msgs)
		    __field(u64, tx_bytes)
		    __field(u64, tx_msgs)
		    __field(pid_t, tgid)
		    __field(int, exit_code)
		    __dynamic_array(char, program, traffic_escaped_size(program))
	    ),
	    TP_fast_assign(
		    __entry->id = id;
		    __entry->rx_bytes = received->bytes;
		    __entry->rx_msgs = received->msgs;
		    __entry->tx_bytes = sent->bytes;
		    __entry->tx_msgs = sent->msgs;
		    __entry->tgid = tgid;
		    __entry->exit_code = exit_code;
		    traffic_escape(__get_str(program),
				   __get_dynamic_array_len(program), program);
	    ),
	    TP_printk("tgid=%d program=%s id=%llu exit_code=%d rx_bytes=%llu rx_msgs=%llu tx_bytes=%llu tx_msgs=%llu",
		      __entry->tgid, __get_str(program), __entry->id,
		      __entry->exit_code, __entry->rx_bytes, __entry->rx_msgs,
		      __entry->tx_bytes, __entry->tx_msgs)
);

/* clang-format on */

#endif

/* Relative to kmod/, which the Makefile adds to the include path. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH ledger
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
