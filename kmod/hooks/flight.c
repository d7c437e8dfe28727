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
 * Most calls end by themselves. A plain receive that is woken goes back into
 * the kernel unseen, so it is woken soon; the rest may see a short count or
 * EINTR, so they get longer.
 */
#define WAKE_RESTARTING_MS 200
#define WAKE_ALL_MS 1000
#define POLL_MS 10

DEFINE_PER_CPU(struct traffic_flights, traffic_all_flights);

/* Queued wake-ups whose callback, which is in our text, has not run. */
static atomic_t wakes_pending = ATOMIC_INIT(0);

void traffic_flight_enter_list(struct traffic_flight *flight)
{
	flight->slot = NULL;
	flight->home = raw_cpu_ptr(&traffic_all_flights);
	spin_lock(&flight->home->lock);
	list_add(&flight->list, &flight->home->list);
	spin_unlock(&flight->home->lock);
}

/* In its slot a flight has this bit while it is looked at, and stays. */
#define LOOKED_AT 1UL

static struct traffic_flight *looked_at(struct traffic_flight *flight)
{
	return (void *)((unsigned long)flight | LOOKED_AT);
}

void traffic_flight_leave_slowly(struct traffic_flight *flight)
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

/* What the log says of calls: some by name, the rest as a number. */
struct note {
	enum traffic_call call;
	pid_t pid;
	char comm[TASK_COMM_LEN];
};

struct notes {
	unsigned int count;
	struct note first[8];
};

/* Under a list's lock, where printing would hold up all who leave. */
static void take_note(struct notes *notes, const struct traffic_flight *flight)
{
	struct note *note = &notes->first[notes->count];

	if (notes->count++ >= ARRAY_SIZE(notes->first))
		return;
	note->call = flight->call;
	note->pid = task_tgid_nr(flight->task);
	strscpy(note->comm, flight->task->comm, sizeof(note->comm));
}

static void print_notes(const struct notes *notes, const char *what)
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
 * Runs in the woken task at the end of its system call. recvmmsg() that had
 * some messages has left its error in the socket for the next call to report,
 * which was not interrupted: ERESTARTSYS, which is the kernel's own and must
 * not reach a program, or with a time limit EINTR.
 */
static void finish_wake(struct callback_head *work)
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

static bool is_recvmmsg(struct task_struct *task)
{
	int nr = syscall_get_nr(task, task_pt_regs(task));

#ifdef CONFIG_IA32_EMULATION
	/* A 32-bit program has numbers of its own: take none for granted. */
	if (task_thread_info(task)->status & TS_COMPAT)
		return true;
#endif
	/* As one of x32 has. */
	return nr == __NR_recvmmsg || nr & __X32_SYSCALL_BIT;
}

/* Whether the call, interrupted, starts anew without the program noticing. */
static bool restarts(const struct traffic_flight *flight)
{
	const struct sock *sk = flight->sk;

	return flight->call == TRAFFIC_CALL_RECVMSG &&
	       !(flight->flags & MSG_WAITALL) &&
	       READ_ONCE(sk->sk_rcvlowat) <= 1 &&
	       READ_ONCE(sk->sk_rcvtimeo) == MAX_SCHEDULE_TIMEOUT &&
	       !(flight->task->flags & PF_IO_WORKER) &&
	       !is_recvmmsg(flight->task);
}

/*
 * A send of TCP Fast Open that waits for its connection has sent data with the
 * SYN, and would send them once more if it started anew, also when it is
 * connected by now. It is not woken: TCP ends it when nobody answers.
 */
static bool is_fast_open(const struct traffic_flight *flight)
{
	return flight->call == TRAFFIC_CALL_SENDMSG && sk_is_tcp(flight->sk) &&
	       READ_ONCE(tcp_sk(flight->sk)->fastopen_req);
}

/*
 * Under the list's lock, so that the task is still in the call: a wake-up that
 * came later would hit whatever it sleeps in next.
 */
static void wake(struct traffic_flight *flight)
{
	struct wake *wake = kmalloc(sizeof(*wake), GFP_ATOMIC | __GFP_NOWARN);

	if (!wake)
		return; /* tried again at the next poll */
	init_task_work(&wake->work, finish_wake);
	wake->sk = flight->sk;
	sock_hold(wake->sk);
	wake->is_recvmmsg = is_recvmmsg(flight->task);
	flight->woken = true;
	atomic_inc(&wakes_pending);
	/* Fails for a task that is exiting: it leaves by itself. */
	if (task_work_add(flight->task, &wake->work, TWA_SIGNAL)) {
		atomic_dec(&wakes_pending);
		sock_put(wake->sk);
		kfree(wake);
	}
}

static void visit_slot(struct traffic_flight **slot,
		       void (*visit)(struct traffic_flight *flight,
				     struct notes *notes),
		       struct notes *notes)
{
	struct traffic_flight *flight = READ_ONCE(*slot);

	/* The lock has preemption off: who leaves does not spin for long. */
	if (!flight || cmpxchg(slot, flight, looked_at(flight)) != flight)
		return;
	visit(flight, notes);
	/* Whoever leaves sees that it was woken. */
	smp_store_release(slot, flight);
}

static void visit_flights(void (*visit)(struct traffic_flight *flight,
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
			visit_slot(&home->slots[i], visit, &notes);
		list_for_each_entry(flight, &home->list, list)
			visit(flight, &notes);
		spin_unlock(&home->lock);
	}
	print_notes(&notes, what);
}

static void wake_if_restarting(struct traffic_flight *flight,
			       struct notes *notes)
{
	if (!flight->woken && restarts(flight))
		wake(flight);
}

static void wake_any(struct traffic_flight *flight, struct notes *notes)
{
	if (flight->woken || is_fast_open(flight))
		return;
	/* It may see that it was woken, so the log tells. */
	if (!restarts(flight))
		take_note(notes, flight);
	wake(flight);
}

static void wait_for(struct traffic_flight *flight, struct notes *notes)
{
	take_note(notes, flight);
}

unsigned int traffic_flights(void)
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

static bool is_over(void)
{
	return !traffic_flights() && !atomic_read(&wakes_pending);
}

int traffic_flights_drain(unsigned int seconds)
{
	unsigned long start = jiffies;
	unsigned long next_report = start + msecs_to_jiffies(2000);

	while (!is_over()) {
		unsigned int ms = jiffies_to_msecs(jiffies - start);

		if (seconds && ms >= seconds * 1000) {
			visit_flights(wait_for, "waiting for");
			return -EBUSY;
		}
		if (ms >= WAKE_ALL_MS)
			visit_flights(wake_any, "waking");
		else if (ms >= WAKE_RESTARTING_MS)
			visit_flights(wake_if_restarting, "waking");
		if (!seconds && time_after(jiffies, next_report)) {
			visit_flights(wait_for, "waiting for");
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
