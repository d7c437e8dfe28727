// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "population.h"
#include "../test/programs/witness.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* As datagram_pair(), on an address of its own: one address has not ports enough for all. */
static void pair_on(in_addr_t host, int pair[2]) {
  struct sockaddr_in address[2];
  socklen_t size = sizeof(*address);

  for (int i = 0; i < 2; i++) {
    address[i] = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(host)};
    pair[i] = CHECK(socket(AF_INET, SOCK_DGRAM, 0));
    CHECK(bind(pair[i], (struct sockaddr*)&address[i], size));
    CHECK(getsockname(pair[i], (struct sockaddr*)&address[i], &size));
  }
  for (int i = 0; i < 2; i++)
    CHECK(connect(pair[i], (struct sockaddr*)&address[!i], size));
}

static int (*open_pairs(unsigned count, unsigned holder))[2] {
  int(*pairs)[2] = calloc(count, sizeof(*pairs));
  char buffer[MESSAGE] = {0};

  for (unsigned i = 0; i < count; i++) {
    pair_on(INADDR_LOOPBACK + (holder << 16) + (i << 2 & 0xff00), pairs[i]);
    CHECK(send(pairs[i][0], buffer, MESSAGE, 0));
    CHECK(recv(pairs[i][1], buffer, sizeof(buffer), 0));
  }
  return pairs;
}

static void wait_for_parent(void) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (;;)
    pause();
}

int (*many_pairs(unsigned count, unsigned holders))[2] {
  struct rlimit files = {1 << 20, 1 << 20};
  int ready[2];
  char byte;

  CHECK(setrlimit(RLIMIT_NOFILE, &files));
  CHECK(pipe(ready));
  for (unsigned i = 1; i <= holders; i++)
    if (!CHECK(fork())) {
      open_pairs(count, i);
      CHECK(write(ready[1], "", 1));
      wait_for_parent();
    }
  for (unsigned i = 0; i < holders; i++)
    CHECK(read(ready[0], &byte, 1));
  return open_pairs(count, 0);
}

void crowd(unsigned count, unsigned messages) {
  pid_t* members = calloc(count, sizeof(*members));
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof(address);
  int sink = CHECK(socket(AF_INET, SOCK_DGRAM, 0)), ready[2];
  char message[MESSAGE] = {0}, byte;

  CHECK(bind(sink, (struct sockaddr*)&address, size));
  CHECK(getsockname(sink, (struct sockaddr*)&address, &size));
  CHECK(pipe(ready));
  for (unsigned i = 0; i < count; i++) {
    members[i] = CHECK(fork());
    if (!members[i]) {
      int own = CHECK(socket(AF_INET, SOCK_DGRAM, 0));

      CHECK(connect(own, (struct sockaddr*)&address, size));
      for (unsigned n = 0; n < messages; n++)
        CHECK(send(own, message, MESSAGE, 0));
      CHECK(write(ready[1], "", 1));
      wait_for_parent();
    }
  }
  for (unsigned i = 0; i < count; i++)
    CHECK(read(ready[0], &byte, 1));
  puts("crowd");
  fflush(stdout);
  while (read(0, &byte, 1) > 0)
    ;
  for (unsigned i = 0; i < count; i++)
    kill(members[i], SIGKILL);
  while (wait(NULL) > 0)
    ;
  exit(0);
}
