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

/* Each CPU has its own buffers. Only one probe at a time runs on a CPU. */
struct path_buffers {
	char name[NAME_MAX + 1];
	char file[PATH_MAX];
	char script[PATH_MAX];
};

static struct path_buffers __percpu *buffers;

/*
 * For fexecve() and execveat(AT_EMPTY_PATH) the file name is "/dev/fd/N", which
 * does not contain the name of the program: the opened file does. For a path
 * relative to a descriptor the file name is "/dev/fd/N/name", which ends in the
 * name of the program as any other path does.
 */
static bool path_is_bare_fd(const char *filename)
{
	if (!str_has_prefix(filename, "/dev/fd/"))
		return false;
	for (filename += strlen("/dev/fd/"); *filename; filename++)
		if (!isdigit(*filename))
			return false;
	return true;
}

static bool bprm_is_script(const struct linux_binprm *bprm)
{
	return bprm->interp != bprm->filename;
}

static const char *bprm_name(const struct linux_binprm *bprm)
{
	struct path_buffers *mine = this_cpu_ptr(buffers);
	struct dentry *dentry = bprm->file->f_path.dentry;
	const char *name = mine->name;

	/*
	 * A script that was executed by its descriptor has no name any longer:
	 * the opened file is the interpreter by now.
	 */
	if (!bprm->fdpath || !path_is_bare_fd(bprm->filename) ||
	    bprm_is_script(bprm))
		return kbasename(bprm->filename);
	/* d_lock keeps a rename from changing the name. */
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
	image->name = bprm_name(bprm);
	image->path = NULL;
	image->resolved = false;
}

static const char *path_resolve(const struct path *path, char *buffer)
{
	const char *name = d_path(path, buffer, PATH_MAX);

	return IS_ERR(name) ? NULL : name;
}

/*
 * The file of a script is closed by now, and only the text of its path is left.
 * An absolute path is returned unchanged; a relative one is appended to the
 * working directory.
 */
static const char *bprm_script_path(const struct linux_binprm *bprm)
{
	struct path_buffers *mine = this_cpu_ptr(buffers);
	const char *name = bprm->filename;
	const char *folder;

	if (name[0] == '/')
		return bprm->fdpath ? NULL : name;
	/*
	 * With path_get() the lock could be dropped before d_path(), but
	 * path_put() may sleep.
	 */
	traffic_lock_fs(current->fs);
	folder = path_resolve(&current->fs->pwd, mine->script);
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
		image->path = bprm_is_script(bprm) ?
				      bprm_script_path(bprm) :
				      path_resolve(&bprm->file->f_path,
						   this_cpu_ptr(buffers)->file);
	}
	return image->path;
}

struct traffic_exe *traffic_image_exe(struct traffic_image *image)
{
	const char *path = path_resolve(&image->bprm->file->f_path,
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
