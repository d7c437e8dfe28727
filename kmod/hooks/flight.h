/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls in flight: those that sleep with a wrapper of ours on their stack. The
 * module's text must stay until the last of them has returned.
 */
#ifndef TRAFFIC_FLIGHT_H
#define TRAFFIC_FLIGHT_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct sock;

enum traffic_call {
	TRAFFIC_CALL_SENDMSG,
	TRAFFIC_CALL_RECVMSG,
	TRAFFIC_CALL_SENDPAGE,
	TRAFFIC_CALL_SPLICE,
	TRAFFIC_CALL_GETSOCKOPT,
	TRAFFIC_CALLS,
};

/* On the stack of the call. */
struct traffic_flight {
	struct task_struct *task;
	struct sock *sk;
	enum traffic_call call;
	int flags; /* MSG_ flags of a recvmsg */
	bool woken;
	/* Where it is to be found: a slot, or NULL and on the list of @home. */
	struct traffic_flight **slot;
	struct traffic_flights *home;
	struct list_head list;
};

/*
 * Of a CPU: the calls that began on it. Most end before another begins, so a
 * few slots do; the rest is on the list. A slot is taken by its own CPU alone,
 * with preemption off, and given back from anywhere.
 */
#define TRAFFIC_SLOTS 4

struct traffic_flights {
	struct traffic_flight *slots[TRAFFIC_SLOTS];
	spinlock_t lock; /* guards the list; while held, its calls stay */
	struct list_head list;
};

DECLARE_PER_CPU(struct traffic_flights, traffic_all_flights);

void traffic_flight_enter_list(struct traffic_flight *flight);
void traffic_flight_leave_slowly(struct traffic_flight *flight);

static __always_inline void traffic_flight_enter(struct traffic_flight *flight,
						 struct sock *sk,
						 enum traffic_call call,
						 int flags)
{
	struct traffic_flights *home;
	int i;

	flight->task = current;
	flight->sk = sk;
	flight->call = call;
	flight->flags = flags;
	flight->woken = false;
	preempt_disable_notrace();
	home = this_cpu_ptr(&traffic_all_flights);
	for (i = 0; i < TRAFFIC_SLOTS; i++) {
		if (READ_ONCE(home->slots[i]))
			continue;
		flight->slot = &home->slots[i];
		/* Whoever finds it there sees all of it. */
		smp_store_release(flight->slot, flight);
		preempt_enable_notrace();
		return;
	}
	preempt_enable_notrace();
	traffic_flight_enter_list(flight);
}

static __always_inline void traffic_flight_leave(struct traffic_flight *flight)
{
	/* It is marked while somebody looks at it. */
	if (unlikely(!flight->slot ||
		     cmpxchg(flight->slot, flight, NULL) != flight))
		traffic_flight_leave_slowly(flight);
}

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
