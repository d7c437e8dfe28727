// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "ledger/watch.h"

#include <linux/glob.h>
#include <linux/ktime.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "lock.h"
#include "name.h"

/* Written under traffic_lock; read under traffic_lock or RCU. */
static struct traffic_watch __rcu *watch_table[TRAFFIC_WATCHES];
/*
 * The slots of the watches whose name is compared with the program at each
 * exec.
 */
static DECLARE_BITMAP(matching_slots, TRAFFIC_WATCHES);
static u64 last_watch_id;

struct traffic_watch *traffic_watch_at(unsigned int slot)
{
	lockdep_assert_held(&traffic_lock);
	return rcu_dereference_protected(watch_table[slot],
					 lockdep_is_held(&traffic_lock));
}

static bool watch_name_matches(const struct traffic_watch *watch,
			       struct traffic_image *image)
{
	const char *name = image->name;

	if (strchr(watch->name, '/')) {
		name = traffic_image_path(image);
		if (!name)
			return false;
	}
	return !strcmp(watch->name, name) ||
	       (watch->wildcards && glob_match(watch->name, name));
}

bool traffic_watch_match(struct traffic_image *image,
			 struct traffic_match *match)
{
	struct traffic_watch *watch;
	unsigned int slot;

	match->newest = READ_ONCE(last_watch_id);
	bitmap_zero(match->found.bits, TRAFFIC_WATCHES);
	rcu_read_lock();
	for_each_set_bit(slot, matching_slots, TRAFFIC_WATCHES) {
		watch = rcu_dereference(watch_table[slot]);
		if (watch && watch_name_matches(watch, image))
			__set_bit(slot, match->found.bits);
	}
	rcu_read_unlock();
	return !bitmap_empty(match->found.bits, TRAFFIC_WATCHES);
}

void traffic_watch_confirm(struct traffic_match *match)
{
	struct traffic_watch *watch;
	unsigned int slot;

	lockdep_assert_held(&traffic_lock);
	for_each_set_bit(slot, match->found.bits, TRAFFIC_WATCHES) {
		watch = traffic_watch_at(slot);
		if (!watch || !watch->matching || watch->id > match->newest)
			__clear_bit(slot, match->found.bits);
	}
}

void traffic_watch_following(const struct traffic_watch_set *of,
			     struct traffic_watch_set *following)
{
	unsigned int slot;

	lockdep_assert_held(&traffic_lock);
	bitmap_zero(following->bits, TRAFFIC_WATCHES);
	for_each_set_bit(slot, of->bits, TRAFFIC_WATCHES)
		if (traffic_watch_at(slot)->follow)
			__set_bit(slot, following->bits);
}

void traffic_watch_of_owner(unsigned int owner, struct traffic_watch_set *set)
{
	struct traffic_watch *watch;
	unsigned int slot;

	lockdep_assert_held(&traffic_lock);
	bitmap_zero(set->bits, TRAFFIC_WATCHES);
	for (slot = 0; slot < TRAFFIC_WATCHES; slot++) {
		watch = traffic_watch_at(slot);
		if (watch && watch->owner == owner)
			__set_bit(slot, set->bits);
	}
}

void traffic_watch_of_owners(u64 owners, const struct traffic_watch_set *of,
			     struct traffic_watch_set *set)
{
	unsigned int slot;

	lockdep_assert_held(&traffic_lock);
	bitmap_zero(set->bits, TRAFFIC_WATCHES);
	for_each_set_bit(slot, of->bits, TRAFFIC_WATCHES)
		if (owners & BIT_ULL(traffic_watch_at(slot)->owner))
			__set_bit(slot, set->bits);
}

unsigned int traffic_watch_first(const struct traffic_watch_set *of)
{
	unsigned int slot, first = TRAFFIC_WATCHES;

	lockdep_assert_held(&traffic_lock);
	for_each_set_bit(slot, of->bits, TRAFFIC_WATCHES)
		if (first == TRAFFIC_WATCHES ||
		    traffic_watch_at(slot)->id < traffic_watch_at(first)->id)
			first = slot;
	return first;
}

const char *traffic_watch_name(unsigned int slot, u64 id)
{
	const struct traffic_watch *watch =
		rcu_dereference_raw(watch_table[slot]);

	return watch && watch->id == id && watch->kind == TRAFFIC_WATCH_NAME ?
		       watch->name :
		       NULL;
}

u64 traffic_watch_owners(const struct traffic_watch_set *of)
{
	unsigned int slot;
	u64 owners = 0;

	lockdep_assert_held(&traffic_lock);
	for_each_set_bit(slot, of->bits, TRAFFIC_WATCHES)
		owners |= BIT_ULL(traffic_watch_at(slot)->owner);
	return owners;
}

int traffic_watch_find(unsigned int owner, enum traffic_watch_kind kind,
		       const char *name)
{
	struct traffic_watch *watch;
	unsigned int slot;

	lockdep_assert_held(&traffic_lock);
	for (slot = 0; slot < TRAFFIC_WATCHES; slot++) {
		watch = traffic_watch_at(slot);
		if (watch && watch->owner == owner && watch->kind == kind &&
		    !strcmp(watch->name, name))
			return slot;
	}
	return -ENOENT;
}

int traffic_watch_insert(struct traffic_watch *watch)
{
	unsigned int slot;

	lockdep_assert_held(&traffic_lock);
	for (slot = 0; slot < TRAFFIC_WATCHES; slot++) {
		if (traffic_watch_at(slot))
			continue;
		watch->id = last_watch_id + 1;
		WRITE_ONCE(last_watch_id, watch->id);
		rcu_assign_pointer(watch_table[slot], watch);
		traffic_watch_renew(slot, watch->follow);
		return slot;
	}
	return -ENOSPC;
}

void traffic_watch_renew(unsigned int slot, bool follow)
{
	struct traffic_watch *watch = traffic_watch_at(slot);

	lockdep_assert_held(&traffic_lock);
	watch->matching = true;
	watch->follow = follow;
	if (watch->kind == TRAFFIC_WATCH_NAME)
		set_bit(slot, matching_slots);
}

static void watch_drop_if_unused(unsigned int slot) __must_hold(&traffic_lock)
{
	struct traffic_watch *watch = traffic_watch_at(slot);

	lockdep_assert_held(&traffic_lock);
	if (watch->matching || watch->records || watch->evicted.shared)
		return;
	RCU_INIT_POINTER(watch_table[slot], NULL);
	traffic_watch_put(watch);
}

void traffic_watch_retire(unsigned int slot)
{
	lockdep_assert_held(&traffic_lock);
	traffic_watch_at(slot)->matching = false;
	clear_bit(slot, matching_slots);
	watch_drop_if_unused(slot);
}

void traffic_watch_close(unsigned int slot)
{
	lockdep_assert_held(&traffic_lock);
	memset(&traffic_watch_at(slot)->evicted, 0,
	       sizeof(struct traffic_evicted));
	traffic_watch_retire(slot);
}

void traffic_watch_release(unsigned int slot)
{
	lockdep_assert_held(&traffic_lock);
	traffic_watch_at(slot)->records--;
	watch_drop_if_unused(slot);
}

unsigned int traffic_watch_count(void)
{
	unsigned int slot, count = 0;

	lockdep_assert_held(&traffic_lock);
	for (slot = 0; slot < TRAFFIC_WATCHES; slot++)
		count += !!traffic_watch_at(slot);
	return count;
}

struct traffic_watch *traffic_watch_alloc(unsigned int owner,
					  enum traffic_watch_kind kind,
					  const char *name, bool follow)
{
	size_t size = strlen(name) + 1;
	struct traffic_watch *watch;

	watch = kzalloc(struct_size(watch, name, size), GFP_KERNEL);
	if (!watch)
		return NULL;
	refcount_set(&watch->refs, 1);
	watch->owner = owner;
	watch->kind = kind;
	watch->follow = follow;
	watch->wildcards = traffic_name_has_wildcards(name);
	watch->since_ns = ktime_get_real_ns();
	memcpy(watch->name, name, size);
	return watch;
}

void traffic_watch_get(struct traffic_watch *watch)
{
	refcount_inc(&watch->refs);
}

void traffic_watch_put(struct traffic_watch *watch)
{
	if (watch && refcount_dec_and_test(&watch->refs))
		kfree_rcu(watch, rcu);
}

void traffic_watch_exit(void)
{
	unsigned int slot;

	for (slot = 0; slot < TRAFFIC_WATCHES; slot++)
		kfree(rcu_dereference_protected(watch_table[slot], true));
}
