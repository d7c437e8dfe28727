/* SPDX-License-Identifier: GPL-2.0-only */
/* The program that an exec started: by what name, from which file. */
#ifndef TRAFFIC_IMAGE_H
#define TRAFFIC_IMAGE_H

#include <linux/refcount.h>
#include <linux/types.h>

struct linux_binprm;

/* The path of an executable, shared by a process and those it forked. */
struct traffic_exe {
	refcount_t refs;
	char path[];
};

/*
 * Valid in the probe that made it, with preemption off: name and path are in
 * buffers of the CPU; the path is resolved at the first question for it, as
 * the program sees it, which may be in a root of its own.
 */
struct traffic_image {
	struct linux_binprm *bprm;
	const char *name;
	const char *path; /* NULL: not asked for yet, or unknown */
	bool resolved;
};

void traffic_image_of(struct traffic_image *image, struct linux_binprm *bprm);
/* The resolved path of the opened file, or NULL. */
const char *traffic_image_path(struct traffic_image *image);
/* What /proc/PID/exe would show: a script's interpreter. NULL without memory. */
struct traffic_exe *traffic_image_exe(struct traffic_image *image);

void traffic_exe_put(struct traffic_exe *exe);

int traffic_image_init(void);
void traffic_image_exit(void);

#endif
