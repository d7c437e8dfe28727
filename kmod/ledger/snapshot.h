/* SPDX-License-Identifier: GPL-2.0-only */
/* Copies of what the ledger holds, so that no lock is held for a reader. */
#ifndef TRAFFIC_SNAPSHOT_H
#define TRAFFIC_SNAPSHOT_H

#include "ledger/ledger.h"

/* ---- Processes ------------------------------------------------------------ */

/* A copy of a record. traffic_snapshot_put() releases its references. */
struct traffic_snapshot {
	struct traffic_process process;
	struct traffic_totals totals;
	struct traffic_watch *program; /* NULL: its first watch has no name */
	u64 owners; /* a bit for each owner */
	unsigned int watches;
	u64 watch_ids[TRAFFIC_WATCHES];
};

/* The id of the newest record. */
u64 traffic_snapshot_last_id(void);
/*
 * Copies the record with the lowest id from @id to @last_id. Returns false if
 * there is none.
 */
bool traffic_snapshot_from(u64 id, u64 last_id,
			   struct traffic_snapshot *snapshot);
void traffic_snapshot_put(struct traffic_snapshot *snapshot);

/* ---- Flows ---------------------------------------------------------------- */

/* One line of the file flows. */
struct traffic_flow_line {
	enum {
		TRAFFIC_LINE_TOTAL, /* all traffic of a transport */
		TRAFFIC_LINE_FLOW,
		TRAFFIC_LINE_UNATTRIBUTED, /* the traffic that is in no flow */
	} kind;
	enum traffic_transport transport;
	struct traffic_count counts[TRAFFIC_DIRECTIONS];
	/* The rest is set for TRAFFIC_LINE_FLOW only. */
	enum traffic_scope scope;
	struct traffic_peer peer;
	u64 first_ns;
	u64 last_ns;
};

/* The flows and the counters of one process at one moment. */
struct traffic_flows_snapshot {
	u64 id;
	pid_t pid;
	unsigned int count;
	unsigned int capacity;
	struct traffic_flow_line *lines;
};

/*
 * Copies the flows of the record with the lowest id from @id to @last_id. Call
 * it between traffic_careful_begin() and traffic_careful_end(). Returns 1, 0 if
 * there is no such record, or -ENOMEM.
 */
int traffic_flows_snapshot_from(u64 id, u64 last_id,
				struct traffic_flows_snapshot *snapshot);

/* ---- Programs ------------------------------------------------------------- */

/* A watch with the totals of all processes that it ever had. */
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
	u64 end_seq; /* of the record that ended last, or 0 */
	u64 evicted_seq; /* of the record that was evicted last, or 0 */
	unsigned int count;
	struct traffic_program at[TRAFFIC_WATCHES];
};

/*
 * Copies all programs of one moment. The caller releases the reference of each
 * watch.
 */
void traffic_programs_take(struct traffic_programs *programs);

#endif
