// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "name.h"

#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

static const char wildcards[] = "*?[\\";

bool traffic_name_has_wildcards(const char *name)
{
	return strpbrk(name, wildcards);
}

/*
 * A pattern is kept short even if it is a path, because every exec in the
 * machine is compared with every pattern.
 */
static size_t name_max_size(const char *name, size_t size)
{
	if (!memchr(name, '/', size) || strcspn(name, wildcards) < size)
		return NAME_MAX;
	return PATH_MAX - 1;
}

int traffic_name_check(const char *name, size_t size)
{
	if (!size)
		return -EINVAL;
	return size > name_max_size(name, size) ? -E2BIG : 0;
}
