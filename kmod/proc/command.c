// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "proc/command.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "name.h"

/* Cuts @text at its first space. Returns the text after it, or NULL. */
static char *cut_word(char *text)
{
	char *space = strchr(text, ' ');

	if (!space)
		return NULL;
	*space = '\0';
	return space + 1;
}

static int parse_name(char *name, struct traffic_command *command)
{
	if (!name)
		return -EINVAL;
	command->name = name;
	return traffic_name_check(name, strlen(name));
}

/* Removes a leading follow=0 or follow=1 from @rest. */
static int parse_follow(char **rest, struct traffic_command *command)
{
	char *word = *rest;

	if (!word || !str_has_prefix(word, "follow="))
		return 0;
	*rest = cut_word(word);
	if (strcmp(word, "follow=0") && strcmp(word, "follow=1"))
		return -EINVAL;
	command->follow = !strcmp(word, "follow=1");
	return 0;
}

static int parse_number(const char *text, u64 max,
			struct traffic_command *command)
{
	/* kstrtou64() would also accept a sign and a newline. */
	if (!text || *text < '0' || *text > '9' || strchr(text, '\n'))
		return -EINVAL;
	if (kstrtou64(text, 10, &command->number) || command->number > max)
		return -EINVAL;
	return 0;
}

static int parse_children(const char *text, struct traffic_command *command)
{
	if (!text || (strcmp(text, "on") && strcmp(text, "off")))
		return -EINVAL;
	command->on = !strcmp(text, "on");
	return 0;
}

int traffic_parse_command(char *text, size_t size,
			  struct traffic_command *command)
{
	static const char *const words[] = {
		[TRAFFIC_CMD_SESSION] = "session",
		[TRAFFIC_CMD_WATCH] = "watch",
		[TRAFFIC_CMD_UNWATCH] = "unwatch",
		[TRAFFIC_CMD_ATTACH] = "attach",
		[TRAFFIC_CMD_DETACH] = "detach",
		[TRAFFIC_CMD_CHILDREN] = "children",
		[TRAFFIC_CMD_CLEAR] = "clear",
		[TRAFFIC_CMD_STOP] = "stop",
	};
	char *rest;
	int kind, err;

	if (memchr(text, '\0', size))
		return -EINVAL;
	if (size && text[size - 1] == '\n')
		text[size - 1] = '\0';

	rest = cut_word(text);
	kind = match_string(words, ARRAY_SIZE(words), text);
	if (kind < 0)
		return -EINVAL;
	command->kind = kind;
	command->follow = TRAFFIC_FOLLOW_DEFAULT;
	if (kind == TRAFFIC_CMD_WATCH || kind == TRAFFIC_CMD_ATTACH) {
		err = parse_follow(&rest, command);
		if (err)
			return err;
	}

	switch (command->kind) {
	case TRAFFIC_CMD_SESSION:
	case TRAFFIC_CMD_STOP:
		return rest ? -EINVAL : 0;
	case TRAFFIC_CMD_WATCH:
	case TRAFFIC_CMD_UNWATCH:
		return parse_name(rest, command);
	case TRAFFIC_CMD_ATTACH:
	case TRAFFIC_CMD_DETACH:
		return parse_number(rest, INT_MAX, command);
	case TRAFFIC_CMD_CHILDREN:
		return parse_children(rest, command);
	case TRAFFIC_CMD_CLEAR:
		return parse_number(rest, U64_MAX, command);
	}
	return -EINVAL;
}
