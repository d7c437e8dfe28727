/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls in flight: calls with a wrapper of ours on their stack, which may be
 * asleep. The module's text must stay until the last of them has returned.
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

/* A call in flight. The struct is on the stack of the call. */
struct traffic_flight {
	struct task_struct *task;
	struct sock *sk;
	enum traffic_call call;
	int flags; /* MSG_ flags of a recvmsg */
	bool woken;
	/* The slot that points here, or NULL: then it is on the list of @home. */
	struct traffic_flight **slot;
	struct traffic_flights *home;
	struct list_head list;
};

/*
 * The calls in flight that began on one CPU. Most calls end before another one
 * begins, so there are a few slots, and a list for the calls that find no free
 * slot. Only its own CPU takes a slot, with preemption off; any CPU frees it.
 */
#define TRAFFIC_SLOTS 4

struct traffic_flights {
	struct traffic_flight *slots[TRAFFIC_SLOTS];
	spinlock_t lock; /* guards the list: a call on it waits to leave */
	struct list_head list;
};

DECLARE_PER_CPU(struct traffic_flights, traffic_all_flights);

void traffic_flight_enter_list(struct traffic_flight *flight);
void traffic_flight_leave_slow(struct traffic_flight *flight);

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
		/* Pairs with the cmpxchg() in slot_visit(). */
		smp_store_release(flight->slot, flight);
		preempt_enable_notrace();
		return;
	}
	preempt_enable_notrace();
	traffic_flight_enter_list(flight);
}

static __always_inline void traffic_flight_leave(struct traffic_flight *flight)
{
	/* A drain that visits the flight has marked the slot. */
	if (unlikely(!flight->slot ||
		     cmpxchg(flight->slot, flight, NULL) != flight))
		traffic_flight_leave_slow(flight);
}

/* How many calls are in flight. */
unsigned int traffic_flights_count(void);

/*
 * Waits until no call is in flight, and wakes the calls that sleep. Call it
 * after unregister_ftrace_function(), when no new call can begin: otherwise
 * calls may begin on a CPU that was already looked at. With @seconds 0, waits
 * without a limit. Otherwise gives up after @seconds: logs the calls that are
 * left and returns -EBUSY.
 */
int traffic_flights_drain(unsigned int seconds);

void traffic_flights_init(void);

#endif
