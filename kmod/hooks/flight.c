// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "hooks/flight.h"

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/printk.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/task_work.h>
#include <linux/tcp.h>
#include <asm/syscall.h>
#include <asm/unistd.h>
#include <net/sock.h>

/*
 * Most calls end by themselves. A plain receive that is woken restarts without
 * its program noticing, so it is woken early. Other calls may return a short
 * count or EINTR, so they get more time to end.
 */
#define WAKE_RESTARTING_MS 200
#define WAKE_ALL_MS 1000
#define POLL_MS 10

DEFINE_PER_CPU(struct traffic_flights, traffic_all_flights);

/*
 * Queued wake-ups whose callback has not finished. The callback is code of this
 * module, so the module must not be unloaded before the callback has run.
 */
static atomic_t wakes_pending = ATOMIC_INIT(0);

void traffic_flight_enter_list(struct traffic_flight *flight)
{
	flight->slot = NULL;
	flight->home = raw_cpu_ptr(&traffic_all_flights);
	spin_lock(&flight->home->lock);
	list_add(&flight->list, &flight->home->list);
	spin_unlock(&flight->home->lock);
}

/*
 * Bit in the slot's pointer, set while flights_visit() looks at this flight, a
 * call in progress. Until it is cleared, the call cannot leave the slot.
 */
#define FLIGHT_VISITED 1UL

static struct traffic_flight *flight_mark_visited(struct traffic_flight *flight)
{
	return (void *)((unsigned long)flight | FLIGHT_VISITED);
}

void traffic_flight_leave_slow(struct traffic_flight *flight)
{
	if (flight->slot) {
		while (cmpxchg(flight->slot, flight, NULL) != flight)
			cpu_relax();
		return;
	}
	spin_lock(&flight->home->lock);
	list_del(&flight->list);
	spin_unlock(&flight->home->lock);
}

/* A call in flight, for the log. */
struct note {
	enum traffic_call call;
	pid_t pid;
	char comm[TASK_COMM_LEN];
};

/* For the log: the first few calls, and the number of all calls. */
struct notes {
	unsigned int count;
	struct note first[8];
};

/*
 * Does not print: the caller holds the lock of a list, and every call that leaves
 * the list waits for that lock.
 */
static void notes_add(struct notes *notes, const struct traffic_flight *flight)
{
	struct note *note = &notes->first[notes->count];

	if (notes->count++ >= ARRAY_SIZE(notes->first))
		return;
	note->call = flight->call;
	note->pid = task_tgid_nr(flight->task);
	strscpy(note->comm, flight->task->comm, sizeof(note->comm));
}

static void notes_print(const struct notes *notes, const char *what)
{
	static const char *const calls[TRAFFIC_CALLS] = {
		[TRAFFIC_CALL_SENDMSG] = "sendmsg",
		[TRAFFIC_CALL_RECVMSG] = "recvmsg",
		[TRAFFIC_CALL_SENDPAGE] = "sendpage",
		[TRAFFIC_CALL_SPLICE] = "splice",
		[TRAFFIC_CALL_GETSOCKOPT] = "getsockopt",
	};
	unsigned int shown =
		min_t(unsigned int, notes->count, ARRAY_SIZE(notes->first));
	unsigned int i;

	for (i = 0; i < shown; i++) {
		const struct note *note = &notes->first[i];

		pr_info("%s a blocked %s of process %d (%*pE).\n", what,
			calls[note->call], note->pid, (int)strlen(note->comm),
			note->comm);
	}
	if (notes->count > shown)
		pr_info("%s %u more blocked calls.\n", what,
			notes->count - shown);
}

struct wake {
	struct callback_head work;
	struct sock *sk; /* a reference */
	bool is_recvmmsg;
};

/*
 * Runs in the woken task at the end of its system call. Removes the error that
 * an interrupted recvmmsg() left in the socket: if it had already received
 * messages, it returns those and leaves its error for the next call, although
 * that call was not interrupted. The error is ERESTARTSYS, which must never
 * reach a program, or EINTR if the call had a time limit.
 */
static void wake_finish(struct callback_head *work)
{
	struct wake *wake = container_of(work, struct wake, work);

	if (wake->is_recvmmsg) {
		cmpxchg(&wake->sk->sk_err, ERESTARTSYS, 0);
		cmpxchg(&wake->sk->sk_err, EINTR, 0);
	}
	sock_put(wake->sk);
	kfree(wake);
	atomic_dec(&wakes_pending);
}

static bool task_in_recvmmsg(struct task_struct *task)
{
	int nr = syscall_get_nr(task, task_pt_regs(task));

#ifdef CONFIG_IA32_EMULATION
	/* A 32-bit program has other system call numbers: assume the worst. */
	if (task_thread_info(task)->status & TS_COMPAT)
		return true;
#endif
	/* A program of the x32 ABI may also be in its own recvmmsg(). */
	return nr == __NR_recvmmsg || nr & __X32_SYSCALL_BIT;
}

/* True if the interrupted call restarts without its program noticing. */
static bool flight_restarts(const struct traffic_flight *flight)
{
	const struct sock *sk = flight->sk;

	return flight->call == TRAFFIC_CALL_RECVMSG &&
	       !(flight->flags & MSG_WAITALL) &&
	       READ_ONCE(sk->sk_rcvlowat) <= 1 &&
	       READ_ONCE(sk->sk_rcvtimeo) == MAX_SCHEDULE_TIMEOUT &&
	       !(flight->task->flags & PF_IO_WORKER) &&
	       !task_in_recvmmsg(flight->task);
}

/*
 * True for a send of TCP Fast Open that waits for its connection. It has sent
 * data with the SYN, and would send them again if it restarted, even if the
 * socket is connected by then. So it is not woken: TCP ends it if the peer does
 * not answer.
 */
static bool flight_is_fast_open(const struct traffic_flight *flight)
{
	return flight->call == TRAFFIC_CALL_SENDMSG && sk_is_tcp(flight->sk) &&
	       READ_ONCE(tcp_sk(flight->sk)->fastopen_req);
}

/*
 * The task must still be in the call: a later wake-up would interrupt the next
 * call in which it sleeps. The caller ensures this. FLIGHT_VISITED keeps the
 * task of a flight in a slot from leaving the call; the lock of the list does so
 * for a flight on the list.
 */
static void flight_wake(struct traffic_flight *flight)
{
	struct wake *wake = kmalloc(sizeof(*wake), GFP_ATOMIC | __GFP_NOWARN);

	if (!wake)
		return; /* the next poll tries again */
	init_task_work(&wake->work, wake_finish);
	wake->sk = flight->sk;
	sock_hold(wake->sk);
	wake->is_recvmmsg = task_in_recvmmsg(flight->task);
	flight->woken = true;
	atomic_inc(&wakes_pending);
	/* Fails for an exiting task, which returns from its call anyway. */
	if (task_work_add(flight->task, &wake->work, TWA_SIGNAL)) {
		atomic_dec(&wakes_pending);
		sock_put(wake->sk);
		kfree(wake);
	}
}

static void slot_visit(struct traffic_flight **slot,
		       void (*visit)(struct traffic_flight *flight,
				     struct notes *notes),
		       struct notes *notes)
{
	struct traffic_flight *flight = READ_ONCE(*slot);

	/*
	 * A call that wants to leave spins until FLIGHT_VISITED is cleared.
	 * That is short, because the caller's spin lock keeps us from being
	 * preempted. The cmpxchg() pairs with the smp_store_release() in
	 * traffic_flight_enter().
	 */
	if (!flight ||
	    cmpxchg(slot, flight, flight_mark_visited(flight)) != flight)
		return;
	visit(flight, notes);
	/* Pairs with the cmpxchg() in traffic_flight_leave(). */
	smp_store_release(slot, flight);
}

static void flights_visit(void (*visit)(struct traffic_flight *flight,
					struct notes *notes),
			  const char *what)
{
	struct notes notes = {};
	int cpu, i;

	for_each_possible_cpu(cpu) {
		struct traffic_flights *home =
			per_cpu_ptr(&traffic_all_flights, cpu);
		struct traffic_flight *flight;

		spin_lock(&home->lock);
		for (i = 0; i < TRAFFIC_SLOTS; i++)
			slot_visit(&home->slots[i], visit, &notes);
		list_for_each_entry(flight, &home->list, list)
			visit(flight, &notes);
		spin_unlock(&home->lock);
	}
	notes_print(&notes, what);
}

static void flight_wake_restarting(struct traffic_flight *flight,
				   struct notes *notes)
{
	if (!flight->woken && flight_restarts(flight))
		flight_wake(flight);
}

static void flight_wake_any(struct traffic_flight *flight, struct notes *notes)
{
	if (flight->woken || flight_is_fast_open(flight))
		return;
	/* The program may notice the wake-up, so it is logged. */
	if (!flight_restarts(flight))
		notes_add(notes, flight);
	flight_wake(flight);
}

static void flight_note(struct traffic_flight *flight, struct notes *notes)
{
	notes_add(notes, flight);
}

unsigned int traffic_flights_count(void)
{
	unsigned int count = 0;
	int cpu, i;

	for_each_possible_cpu(cpu) {
		struct traffic_flights *home =
			per_cpu_ptr(&traffic_all_flights, cpu);
		struct list_head *node;

		for (i = 0; i < TRAFFIC_SLOTS; i++)
			count += !!READ_ONCE(home->slots[i]);
		spin_lock(&home->lock);
		list_for_each(node, &home->list)
			count++;
		spin_unlock(&home->lock);
	}
	return count;
}

static bool flights_are_over(void)
{
	return !traffic_flights_count() && !atomic_read(&wakes_pending);
}

int traffic_flights_drain(unsigned int seconds)
{
	unsigned long start = jiffies;
	unsigned long next_report = start + msecs_to_jiffies(2000);

	while (!flights_are_over()) {
		unsigned int ms = jiffies_to_msecs(jiffies - start);

		if (seconds && ms >= seconds * 1000) {
			flights_visit(flight_note, "waiting for");
			return -EBUSY;
		}
		if (ms >= WAKE_ALL_MS)
			flights_visit(flight_wake_any, "waking");
		else if (ms >= WAKE_RESTARTING_MS)
			flights_visit(flight_wake_restarting, "waking");
		if (!seconds && time_after(jiffies, next_report)) {
			flights_visit(flight_note, "waiting for");
			next_report = jiffies + HZ;
		}
		msleep(POLL_MS);
	}
	return 0;
}

void traffic_flights_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct traffic_flights *home =
			per_cpu_ptr(&traffic_all_flights, cpu);

		spin_lock_init(&home->lock);
		INIT_LIST_HEAD(&home->list);
	}
}
