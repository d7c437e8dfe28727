// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "ledger/spawner.h"

#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "ledger/ledger.h"

/* Each costs every fork in the machine a look at it. */
#define MAX_SPAWNERS 256

struct spawner {
	struct list_head list;
	struct pid *thread; /* a reference: a task's address may come again */
	unsigned int owner;
	unsigned int slot;
};

/* Under traffic_lock, but for the look whether it is empty. */
static LIST_HEAD(spawners);
static unsigned int count;

bool traffic_spawners_exist(void)
{
	return !list_empty_careful(&spawners);
}

void traffic_spawner_watches(struct traffic_watch_set *watches)
{
	struct spawner *spawner;

	bitmap_zero(watches->bits, TRAFFIC_WATCHES);
	list_for_each_entry(spawner, &spawners, list)
		if (spawner->thread == task_pid(current))
			__set_bit(spawner->slot, watches->bits);
}

static bool has_ended(const struct spawner *spawner)
{
	bool ended;

	rcu_read_lock();
	ended = !pid_task(spawner->thread, PIDTYPE_PID);
	rcu_read_unlock();
	return ended;
}

/* @thread NULL: all of the owner's. Those of threads that ended go too. */
static void remove(unsigned int owner, const struct pid *thread)
{
	struct spawner *spawner, *next;
	LIST_HEAD(gone);

	spin_lock(&traffic_lock);
	list_for_each_entry_safe(spawner, next, &spawners, list) {
		bool named = spawner->owner == owner &&
			     (!thread || spawner->thread == thread);

		if (named || has_ended(spawner)) {
			list_move(&spawner->list, &gone);
			count--;
		}
	}
	spin_unlock(&traffic_lock);
	list_for_each_entry_safe(spawner, next, &gone, list) {
		put_pid(spawner->thread);
		kfree(spawner);
	}
}

int traffic_spawner_on(unsigned int owner, unsigned int slot)
{
	struct spawner *spawner;

	traffic_spawner_off(owner);
	if (READ_ONCE(count) >= MAX_SPAWNERS)
		return -ENOSPC;
	spawner = kmalloc(sizeof(*spawner), GFP_KERNEL);
	if (!spawner)
		return -ENOMEM;
	spawner->thread = get_task_pid(current, PIDTYPE_PID);
	spawner->owner = owner;
	spawner->slot = slot;
	spin_lock(&traffic_lock);
	list_add(&spawner->list, &spawners);
	count++;
	spin_unlock(&traffic_lock);
	return 0;
}

void traffic_spawner_off(unsigned int owner)
{
	remove(owner, task_pid(current));
}

void traffic_spawner_close_owner(unsigned int owner)
{
	remove(owner, NULL);
}
