// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "ledger/image.h"

#include <linux/binfmts.h>
#include <linux/ctype.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/limits.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"

/* Probes run with preemption off, so a buffer a CPU is one a probe. */
struct path_buffers {
	char name[NAME_MAX + 1];
	char file[PATH_MAX];
	char script[PATH_MAX];
};

static struct path_buffers __percpu *buffers;

/*
 * fexecve() and execveat(AT_EMPTY_PATH) give "/dev/fd/N", which names nothing:
 * the opened file does. A path relative to a descriptor, "/dev/fd/N/name", ends
 * in the name all the same.
 */
static bool is_bare_fd(const char *filename)
{
	if (!str_has_prefix(filename, "/dev/fd/"))
		return false;
	for (filename += strlen("/dev/fd/"); *filename; filename++)
		if (!isdigit(*filename))
			return false;
	return true;
}

static bool is_script(const struct linux_binprm *bprm)
{
	return bprm->interp != bprm->filename;
}

static const char *name_of(const struct linux_binprm *bprm)
{
	struct path_buffers *mine = this_cpu_ptr(buffers);
	struct dentry *dentry = bprm->file->f_path.dentry;
	const char *name = mine->name;

	/* Of a script that was opened so, only its interpreter is left. */
	if (!bprm->fdpath || !is_bare_fd(bprm->filename) || is_script(bprm))
		return kbasename(bprm->filename);
	/* It may be renamed at any time. */
	spin_lock(&dentry->d_lock);
	strscpy(mine->name, dentry->d_name.name, sizeof(mine->name));
	spin_unlock(&dentry->d_lock);
	if (str_has_prefix(name, "memfd:"))
		name += strlen("memfd:");
	return name;
}

void traffic_image_of(struct traffic_image *image, struct linux_binprm *bprm)
{
	image->bprm = bprm;
	image->name = name_of(bprm);
	image->path = NULL;
	image->resolved = false;
}

static const char *resolve(const struct path *path, char *buffer)
{
	const char *name = d_path(path, buffer, PATH_MAX);

	return IS_ERR(name) ? NULL : name;
}

/*
 * By now a script's own file is closed and only the text of its path is left:
 * an absolute one is taken as it is, one without a folder is below the working
 * directory.
 */
static const char *script_path(const struct linux_binprm *bprm)
{
	struct path_buffers *mine = this_cpu_ptr(buffers);
	const char *name = bprm->filename;
	const char *folder;

	if (name[0] == '/')
		return bprm->fdpath ? NULL : name;
	/* Holding a path would be simpler; giving it back may sleep. */
	traffic_lock_fs(current->fs);
	folder = resolve(&current->fs->pwd, mine->script);
	traffic_unlock_fs(current->fs);
	if (!folder)
		return NULL;
	while (str_has_prefix(name, "./"))
		name += 2;
	if (snprintf(mine->file, PATH_MAX, "%s/%s", folder[1] ? folder : "",
		     name) >= PATH_MAX)
		return NULL;
	return mine->file;
}

const char *traffic_image_path(struct traffic_image *image)
{
	struct linux_binprm *bprm = image->bprm;

	if (!image->resolved) {
		image->resolved = true;
		image->path = is_script(bprm) ?
				      script_path(bprm) :
				      resolve(&bprm->file->f_path,
					      this_cpu_ptr(buffers)->file);
	}
	return image->path;
}

struct traffic_exe *traffic_image_exe(struct traffic_image *image)
{
	const char *path = resolve(&image->bprm->file->f_path,
				   this_cpu_ptr(buffers)->script);
	struct traffic_exe *exe;
	size_t size;

	if (!path)
		return NULL;
	size = strlen(path) + 1;
	exe = kmalloc(struct_size(exe, path, size), GFP_NOWAIT | __GFP_NOWARN);
	if (!exe)
		return NULL;
	refcount_set(&exe->refs, 1);
	memcpy(exe->path, path, size);
	return exe;
}

void traffic_exe_put(struct traffic_exe *exe)
{
	if (exe && refcount_dec_and_test(&exe->refs))
		kfree(exe);
}

int traffic_image_init(void)
{
	buffers = alloc_percpu(struct path_buffers);
	return buffers ? 0 : -ENOMEM;
}

void traffic_image_exit(void)
{
	free_percpu(buffers);
}
