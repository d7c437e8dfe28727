/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands that /proc/net_traffic/control takes. */
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

/* The command has no follow=: the default of the owner applies. */
#define TRAFFIC_FOLLOW_DEFAULT (-1)

struct traffic_command {
	enum traffic_command_kind kind;
	const char *name; /* watch, unwatch: points into the parsed text */
	int follow; /* watch, attach: 0, 1 or TRAFFIC_FOLLOW_DEFAULT */
	u64 number; /* attach, detach: a pid; clear: an end_seq */
	bool on; /* children */
};

/* Longer than any valid command. */
#define TRAFFIC_COMMAND_MAX (PATH_MAX + 32)

/*
 * Parses @size bytes, which a NUL follows; changes the text. Returns 0, -EINVAL,
 * or -E2BIG for a name longer than any program can have.
 */
int traffic_parse_command(char *text, size_t size,
			  struct traffic_command *command);

#endif
