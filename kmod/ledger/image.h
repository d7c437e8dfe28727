/* SPDX-License-Identifier: GPL-2.0-only */
/* The program that an exec started: its name, and the path of its file. */
#ifndef TRAFFIC_IMAGE_H
#define TRAFFIC_IMAGE_H

#include <linux/refcount.h>
#include <linux/types.h>

struct linux_binprm;

/* The path of an executable, shared by a process and the ones it forked. */
struct traffic_exe {
	refcount_t refs;
	char path[];
};

/*
 * Valid only in the probe that made it, while preemption is off: name and path
 * are in buffers of the CPU. The path is resolved when it is first needed. It
 * is the path as the program sees it, so a program in a chroot has one relative
 * to its own root.
 */
struct traffic_image {
	struct linux_binprm *bprm;
	const char *name;
	const char *path; /* NULL: not resolved yet, or unknown */
	bool resolved;
};

void traffic_image_of(struct traffic_image *image, struct linux_binprm *bprm);
/* The resolved path of the opened file, or NULL. */
const char *traffic_image_path(struct traffic_image *image);
/*
 * What /proc/PID/exe would show; for a script, this is the interpreter. NULL if
 * it is unknown or there is no memory.
 */
struct traffic_exe *traffic_image_exe(struct traffic_image *image);

void traffic_exe_put(struct traffic_exe *exe);

int traffic_image_init(void);
void traffic_image_exit(void);

#endif
