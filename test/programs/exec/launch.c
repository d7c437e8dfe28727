// SPDX-License-Identifier: MIT
/* launch.out COUNT PATH: runs PATH that often, four at a time, each with its number modulo 1000 as its argument. */
#include "../witness.h"

#include <sys/wait.h>

static void reap(void) {
  int status;

  CHECK(wait(&status));
  if (status)
    errx(1, "one ended with status %d", status);
}

int main(int argc, char** argv) {
  int count;

  if (argc < 3)
    errx(2, "COUNT PATH");
  count = atoi(argv[1]);

  for (int i = 0; i < count; i++) {
    pid_t child;

    if (i >= 4)
      reap();
    child = CHECK(vfork());
    if (!child) {
      char number[16];
      char* arguments[] = {argv[2], number, NULL};

      snprintf(number, sizeof(number), "%d", i % 1000);
      execv(argv[2], arguments);
      _exit(127);
    }
    printf("%d\n", child);
  }
  for (int i = 0; i < count && i < 4; i++)
    reap();
  return 0;
}
