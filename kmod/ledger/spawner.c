// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "ledger/spawner.h"

#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "lock.h"

/* Every fork in the machine is compared with every spawner. */
#define MAX_SPAWNERS 256

struct spawner {
	struct list_head list;
	struct pid *thread; /* a reference; a task's address could be reused */
	unsigned int owner;
	unsigned int slot;
};

/* traffic_lock guards both; traffic_spawners_exist() reads without it. */
static LIST_HEAD(spawners);
static unsigned int nr_spawners;

bool traffic_spawners_exist(void)
{
	return !list_empty_careful(&spawners);
}

void traffic_spawner_watches(struct traffic_watch_set *watches)
{
	struct spawner *spawner;

	lockdep_assert_held(&traffic_lock);
	bitmap_zero(watches->bits, TRAFFIC_WATCHES);
	list_for_each_entry(spawner, &spawners, list)
		if (spawner->thread == task_pid(current))
			__set_bit(spawner->slot, watches->bits);
}

static bool spawner_has_ended(const struct spawner *spawner)
{
	bool ended;

	rcu_read_lock();
	ended = !pid_task(spawner->thread, PIDTYPE_PID);
	rcu_read_unlock();
	return ended;
}

/*
 * Removes the owner's spawner of @thread, or all of the owner's spawners if
 * @thread is NULL. Also removes all spawners whose thread has ended.
 */
static void spawners_remove(unsigned int owner, const struct pid *thread)
{
	struct spawner *spawner, *next;
	LIST_HEAD(gone);

	spin_lock(&traffic_lock);
	list_for_each_entry_safe(spawner, next, &spawners, list) {
		bool named = spawner->owner == owner &&
			     (!thread || spawner->thread == thread);

		if (named || spawner_has_ended(spawner)) {
			list_move(&spawner->list, &gone);
			nr_spawners--;
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
	if (READ_ONCE(nr_spawners) >= MAX_SPAWNERS)
		return -ENOSPC;
	spawner = kmalloc(sizeof(*spawner), GFP_KERNEL);
	if (!spawner)
		return -ENOMEM;
	spawner->thread = get_task_pid(current, PIDTYPE_PID);
	spawner->owner = owner;
	spawner->slot = slot;
	spin_lock(&traffic_lock);
	list_add(&spawner->list, &spawners);
	nr_spawners++;
	spin_unlock(&traffic_lock);
	return 0;
}

void traffic_spawner_off(unsigned int owner)
{
	spawners_remove(owner, task_pid(current));
}

void traffic_spawner_close_owner(unsigned int owner)
{
	spawners_remove(owner, NULL);
}
