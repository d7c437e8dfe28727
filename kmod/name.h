/* SPDX-License-Identifier: GPL-2.0-only */
/* Which names and paths of programs can be watched. */
#ifndef TRAFFIC_NAME_H
#define TRAFFIC_NAME_H

#include <linux/types.h>

/*
 * Checks @size bytes, which need no NUL at their end. Returns 0, -EINVAL for an
 * empty name, or -E2BIG for a name longer than any program can have.
 */
int traffic_name_check(const char *name, size_t size);

bool traffic_name_has_wildcards(const char *name);

#endif
