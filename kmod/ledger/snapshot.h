/* SPDX-License-Identifier: GPL-2.0-only */
/* The ledger as its readers see it: copies, so that nothing waits for them. */
#ifndef TRAFFIC_SNAPSHOT_H
#define TRAFFIC_SNAPSHOT_H

#include "ledger/ledger.h"

/* A copy of a record, with references that traffic_snapshot_put() gives back. */
struct traffic_snapshot {
	struct traffic_process process;
	struct traffic_totals totals;
	struct traffic_watch *program; /* NULL: monitored by no name */
	u64 owners; /* a bit an owner */
	unsigned int watches;
	u64 watch_ids[TRAFFIC_WATCHES];
};

/* Of the newest record. */
u64 traffic_snapshot_last_id(void);
/* The record with the lowest id from @id to @last_id; false: there is none. */
bool traffic_snapshot_from(u64 id, u64 last_id,
			   struct traffic_snapshot *snapshot);
void traffic_snapshot_put(struct traffic_snapshot *snapshot);

/* A line of what a process moved, and with whom. */
struct traffic_flow_line {
	enum {
		TRAFFIC_LINE_TOTAL, /* all of a transport */
		TRAFFIC_LINE_FLOW,
		TRAFFIC_LINE_REST, /* what is in no flow */
	} kind;
	enum traffic_transport transport;
	struct traffic_count counts[TRAFFIC_DIRECTIONS];
	/* Of a flow only. */
	enum traffic_scope scope;
	struct traffic_peer peer;
	u64 first_ns;
	u64 last_ns;
};

/* The flows of one process and its counters, of the same moment. */
struct traffic_flows_snapshot {
	u64 id;
	pid_t pid;
	unsigned int count;
	unsigned int capacity;
	struct traffic_flow_line *lines;
};

/*
 * Of the record with the lowest id from @id to @last_id, between
 * traffic_careful_begin() and _end(). 0: there is none; 1; or -ENOMEM.
 */
int traffic_flows_snapshot_from(u64 id, u64 last_id,
				struct traffic_flows_snapshot *snapshot);

/* A watch with the totals of all that it ever brought. */
struct traffic_program {
	struct traffic_watch *watch; /* a reference */
	bool follow;
	u64 started;
	u64 running;
	u64 ended;
	struct traffic_evicted evicted;
	u64 missed;
	struct traffic_totals totals;
};

struct traffic_programs {
	u64 end_seq; /* of what ended last; 0: nothing has */
	u64 evicted_seq; /* of what was evicted last; 0: nothing was */
	unsigned int count;
	struct traffic_program at[TRAFFIC_WATCHES];
};

/* All programs of one moment. */
void traffic_programs_take(struct traffic_programs *programs);

#endif
