// SPDX-License-Identifier: MIT
/* Runs the parser of /proc/net_traffic/control, compiled from kmod/proc/command.c itself, under libFuzzer. */
#include "proc/command.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REQUIRE(condition)                         \
  do {                                             \
    if (!(condition)) {                            \
      fprintf(stderr, "failed: %s\n", #condition); \
      abort();                                     \
    }                                              \
  } while (0)

/* Calls the parser as the control file does: with a copy of the text that has a NUL at its end, and not a byte more. */
static int parse(const char* text, size_t size, char** copy, struct traffic_command* command) {
  *copy = malloc(size + 1);
  memcpy(*copy, text, size);
  (*copy)[size] = '\0';
  memset(command, 0x5a, sizeof(*command));
  return traffic_parse_command(*copy, size, command);
}

static const char* follow(const struct traffic_command* command) {
  return command->follow < 0 ? "" : command->follow ? "follow=1 " : "follow=0 ";
}

/* Writes the command in its canonical form. It always ends in a newline, because a name may end in one too. */
static int print(char* text, size_t size, const struct traffic_command* command) {
  switch (command->kind) {
    case TRAFFIC_CMD_SESSION:
      return snprintf(text, size, "session\n");
    case TRAFFIC_CMD_STOP:
      return snprintf(text, size, "stop\n");
    case TRAFFIC_CMD_WATCH:
      return snprintf(text, size, "watch %s%s\n", follow(command), command->name);
    case TRAFFIC_CMD_UNWATCH:
      return snprintf(text, size, "unwatch %s\n", command->name);
    case TRAFFIC_CMD_ATTACH:
      return snprintf(text, size, "attach %s%" PRIu64 "\n", follow(command), command->number);
    case TRAFFIC_CMD_DETACH:
      return snprintf(text, size, "detach %" PRIu64 "\n", command->number);
    case TRAFFIC_CMD_CHILDREN:
      return snprintf(text, size, "children %s\n", command->on ? "on" : "off");
    case TRAFFIC_CMD_CLEAR:
      return snprintf(text, size, "clear %" PRIu64 "\n", command->number);
  }
  abort();
}

static bool has_name(const struct traffic_command* command) {
  return command->kind == TRAFFIC_CMD_WATCH || command->kind == TRAFFIC_CMD_UNWATCH;
}

static void check_accepted(const struct traffic_command* command, const char* text, size_t size) {
  static char canonical[TRAFFIC_COMMAND_MAX + 64];
  struct traffic_command again;
  char* copy;
  int length;

  if (has_name(command)) {
    REQUIRE(command->name > text && command->name < text + size);
    REQUIRE(*command->name && strlen(command->name) < PATH_MAX);
  }
  if (command->kind == TRAFFIC_CMD_ATTACH || command->kind == TRAFFIC_CMD_DETACH)
    REQUIRE(command->number <= INT_MAX);
  length = print(canonical, sizeof(canonical), command);
  /* The canonical form must mean the same. It may differ in the last newline, and in a follow= that is the default. */
  REQUIRE(parse(canonical, (size_t)length, &copy, &again) == 0);
  REQUIRE(again.kind == command->kind);
  if (has_name(command))
    REQUIRE(!strcmp(again.name, command->name));
  free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  struct traffic_command command;
  char* text;
  int err;

  /* The control file refuses longer commands before it parses them. */
  if (size > TRAFFIC_COMMAND_MAX)
    return -1;
  err = parse((const char*)data, size, &text, &command);
  REQUIRE(err == 0 || err == -EINVAL || err == -E2BIG);
  if (!err)
    check_accepted(&command, text, size);
  free(text);
  return 0;
}
