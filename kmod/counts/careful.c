// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "counts/careful.h"

#include <linux/rcupdate.h>

atomic_t traffic_careful = ATOMIC_INIT(0);
atomic_t traffic_careful_readers = ATOMIC_INIT(0);

void traffic_careful_begin(void)
{
	atomic_inc(&traffic_careful_readers);
	atomic_inc(&traffic_careful);
	/*
	 * A call that read the two variables before the increments runs with
	 * preemption off. Wait until it has added to both the counters and the
	 * flow.
	 */
	synchronize_rcu();
}

void traffic_careful_end(void)
{
	atomic_dec(&traffic_careful);
	atomic_dec(&traffic_careful_readers);
}
