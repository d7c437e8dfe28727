/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls in flight: those that sleep with a wrapper of ours on their stack. The
 * module's text must stay until the last of them has returned.
 */
#ifndef TRAFFIC_FLIGHT_H
#define TRAFFIC_FLIGHT_H

#include <linux/list.h>
#include <linux/types.h>

struct sock;
struct task_struct;
struct traffic_flights;

enum traffic_call {
	TRAFFIC_CALL_SENDMSG,
	TRAFFIC_CALL_RECVMSG,
	TRAFFIC_CALL_SENDPAGE,
	TRAFFIC_CALL_SPLICE,
	TRAFFIC_CALL_GETSOCKOPT,
};

/* On the stack of the call; on the list of the CPU where it began. */
struct traffic_flight {
	struct list_head list;
	struct traffic_flights *home;
	struct task_struct *task;
	struct sock *sk;
	enum traffic_call call;
	int flags; /* MSG_ flags of a recvmsg */
	bool woken;
};

void traffic_flight_enter(struct traffic_flight *flight, struct sock *sk,
			  enum traffic_call call, int flags);
void traffic_flight_leave(struct traffic_flight *flight);

unsigned int traffic_flights(void);

/*
 * Only when no new call can begin, that is after unregister_ftrace_function():
 * before it, a sum over the CPUs proves nothing. Waits until none is left,
 * waking those that sleep; gives up after @seconds, unless that is 0, with
 * -EBUSY and a line in the log for each.
 */
int traffic_flights_drain(unsigned int seconds);

void traffic_flights_init(void);

#endif
