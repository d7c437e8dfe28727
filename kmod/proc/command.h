/* SPDX-License-Identifier: GPL-2.0-only */
/* The language of /proc/net_traffic/control. */
#ifndef TRAFFIC_COMMAND_H
#define TRAFFIC_COMMAND_H

#include <linux/limits.h>
#include <linux/types.h>

enum traffic_command_kind {
	TRAFFIC_CMD_SESSION,
	TRAFFIC_CMD_WATCH,
	TRAFFIC_CMD_UNWATCH,
	TRAFFIC_CMD_ATTACH,
	TRAFFIC_CMD_DETACH,
	TRAFFIC_CMD_CHILDREN,
	TRAFFIC_CMD_CLEAR,
	TRAFFIC_CMD_STOP,
};

/* A follow= that was not written: the owner's default. */
#define TRAFFIC_FOLLOW_DEFAULT (-1)

struct traffic_command {
	enum traffic_command_kind kind;
	const char *name; /* watch, unwatch: in the text that was parsed */
	int follow; /* watch, attach: 0, 1 or TRAFFIC_FOLLOW_DEFAULT */
	u64 number; /* attach, detach: a pid; clear: an end_seq */
	bool on; /* children */
};

/* Longer than any valid command. */
#define TRAFFIC_COMMAND_MAX (PATH_MAX + 32)

/*
 * @text is @size bytes and a NUL after them; it is written to. 0, -EINVAL, or
 * -E2BIG for a name that no program can have.
 */
int traffic_parse_command(char *text, size_t size,
			  struct traffic_command *command);

bool traffic_has_wildcards(const char *name);

/* A name to watch, not terminated: 0, -EINVAL or -E2BIG. */
int traffic_check_name(const char *name, size_t size);

#endif
