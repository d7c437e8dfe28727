// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "proc/control.h"

#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "hooks/engine.h"
#include "ledger/owner.h"
#include "ledger/watch.h"
#include "params.h"
#include "proc/command.h"
#include "proc/file.h"

/* How long the command "stop" waits for calls in flight. */
#define STOP_SECONDS 5

/* An open file. It acts for the module itself until the command "session". */
struct descriptor {
	unsigned int owner;
};

/* Serialises the commands, and guards owners_used and descriptor->owner. */
static DEFINE_MUTEX(control_mutex);
static unsigned long owners_used = BIT(TRAFFIC_OWNER_MODULE);

static bool descriptor_is_session(const struct descriptor *descriptor)
{
	return descriptor->owner != TRAFFIC_OWNER_MODULE;
}

unsigned int traffic_sessions(void)
{
	return hweight_long(READ_ONCE(owners_used)) - 1;
}

static int session_begin(struct descriptor *descriptor)
	__must_hold(&control_mutex)
{
	unsigned int owner;

	lockdep_assert_held(&control_mutex);
	if (descriptor_is_session(descriptor))
		return -EBUSY;
	if (owners_used == ~0UL)
		return -ENOSPC;
	/* rmmod fails while a session is open. */
	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	owner = ffz(owners_used);
	__set_bit(owner, &owners_used);
	descriptor->owner = owner;
	return 0;
}

static void session_end(struct descriptor *descriptor)
	__must_hold(&control_mutex)
{
	lockdep_assert_held(&control_mutex);
	if (!descriptor_is_session(descriptor))
		return;
	traffic_owner_close(descriptor->owner);
	__clear_bit(descriptor->owner, &owners_used);
	/* Safe: the exit of the module waits for us, in proc_remove(). */
	module_put(THIS_MODULE);
}

static int control_stop(const struct descriptor *descriptor)
	__must_hold(&control_mutex)
{
	unsigned long others = owners_used & ~BIT(TRAFFIC_OWNER_MODULE) &
			       ~BIT(descriptor->owner);

	lockdep_assert_held(&control_mutex);
	return others ? -EBUSY : traffic_engine_stop(STOP_SECONDS);
}

/* These commands make no sense once the hooks are off. */
static bool command_needs_hooks(enum traffic_command_kind kind)
{
	return kind == TRAFFIC_CMD_SESSION || kind == TRAFFIC_CMD_WATCH ||
	       kind == TRAFFIC_CMD_ATTACH || kind == TRAFFIC_CMD_CHILDREN;
}

static int command_execute(struct descriptor *descriptor,
			   const struct traffic_command *command)
	__must_hold(&control_mutex)
{
	unsigned int owner = descriptor->owner;
	bool follow = command->follow == TRAFFIC_FOLLOW_DEFAULT ?
			      descriptor_is_session(descriptor) ||
				      traffic_param_follow :
			      command->follow;

	lockdep_assert_held(&control_mutex);
	if (command_needs_hooks(command->kind) &&
	    traffic_engine_state() != TRAFFIC_COUNTING)
		return -ESHUTDOWN;

	switch (command->kind) {
	case TRAFFIC_CMD_SESSION:
		return session_begin(descriptor);
	case TRAFFIC_CMD_WATCH:
		return traffic_owner_watch(owner, command->name, follow);
	case TRAFFIC_CMD_UNWATCH:
		return traffic_owner_unwatch(owner, command->name);
	case TRAFFIC_CMD_ATTACH:
		return traffic_owner_attach(owner, command->number, follow);
	case TRAFFIC_CMD_DETACH:
		return traffic_owner_detach(owner, command->number);
	case TRAFFIC_CMD_CHILDREN:
		/*
		 * Only for sessions: the end of a session removes its spawners
		 * (see spawner.h), and the module itself has no such end.
		 */
		if (!descriptor_is_session(descriptor))
			return -EINVAL;
		return traffic_owner_children(owner, command->on);
	case TRAFFIC_CMD_CLEAR:
		traffic_owner_clear(owner, command->number);
		return 0;
	case TRAFFIC_CMD_STOP:
		return control_stop(descriptor);
	}
	return -EINVAL;
}

static ssize_t control_write(struct file *file, const char __user *buffer,
			     size_t size, loff_t *pos)
{
	struct seq_file *seq = file->private_data;
	struct traffic_command command;
	char *text;
	int err;

	if (size > TRAFFIC_COMMAND_MAX)
		return -E2BIG;
	text = memdup_user_nul(buffer, size);
	if (IS_ERR(text))
		return PTR_ERR(text);
	err = traffic_parse_command(text, size, &command);
	if (!err) {
		mutex_lock(&control_mutex);
		err = command_execute(seq->private, &command);
		mutex_unlock(&control_mutex);
	}
	kfree(text);
	return err ?: size;
}

static int control_show(struct seq_file *file, void *unused)
{
	const struct descriptor *descriptor = file->private;

	traffic_show_header(file, "owner");
	seq_printf(file, "%u\n", READ_ONCE(descriptor->owner));
	return 0;
}

static int control_open(struct inode *inode, struct file *file)
{
	struct descriptor *descriptor;
	int err = traffic_may_control(file);

	if (err)
		return err;
	descriptor = kzalloc(sizeof(*descriptor), GFP_KERNEL);
	if (!descriptor)
		return -ENOMEM;
	err = single_open(file, control_show, descriptor);
	if (err)
		kfree(descriptor);
	return err;
}

static int control_release(struct inode *inode, struct file *file)
{
	struct seq_file *seq = file->private_data;
	struct descriptor *descriptor = seq->private;

	mutex_lock(&control_mutex);
	session_end(descriptor);
	mutex_unlock(&control_mutex);
	kfree(descriptor);
	return single_release(inode, file);
}

const struct proc_ops traffic_control_ops = {
	.proc_open = control_open,
	.proc_read_iter = seq_read_iter,
	.proc_write = control_write,
	.proc_lseek = seq_lseek,
	.proc_release = control_release,
};
