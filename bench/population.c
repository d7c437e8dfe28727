// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "population.h"
#include "../test/programs/witness.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static struct sockaddr_in address_of(in_addr_t host, unsigned port) {
  return (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(host), .sin_port = htons(port)};
}

void datagrams(in_addr_t host, unsigned port, int ends[2]) {
  struct sockaddr_in address[2] = {address_of(host, port), address_of(host, port + 1)};

  for (int i = 0; i < 2; i++) {
    ends[i] = CHECK(socket(AF_INET, SOCK_DGRAM, 0));
    CHECK(bind(ends[i], (struct sockaddr*)&address[i], sizeof(*address)));
  }
  for (int i = 0; i < 2; i++)
    CHECK(connect(ends[i], (struct sockaddr*)&address[!i], sizeof(*address)));
}

void connection(unsigned port, int ends[2]) {
  struct sockaddr_in address[2] = {address_of(INADDR_LOOPBACK, port), address_of(INADDR_LOOPBACK, port + 1)};
  /* Close with a reset, so the next run can use the same ports at once. */
  const struct linger at_once = {1, 0};
  int listener = CHECK(socket(AF_INET, SOCK_STREAM, 0));

  CHECK(bind(listener, (struct sockaddr*)&address[0], sizeof(*address)));
  CHECK(listen(listener, 1));
  ends[0] = CHECK(socket(AF_INET, SOCK_STREAM, 0));
  CHECK(bind(ends[0], (struct sockaddr*)&address[1], sizeof(*address)));
  CHECK(connect(ends[0], (struct sockaddr*)&address[0], sizeof(*address)));
  ends[1] = CHECK(accept(listener, NULL, NULL));
  for (int i = 0; i < 2; i++)
    CHECK(setsockopt(ends[i], SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)));
  close(listener);
}

static int (*open_pairs(unsigned count, unsigned holder))[2] {
  int(*pairs)[2] = calloc(count, sizeof(*pairs));
  char buffer[MESSAGE] = {0};

  for (unsigned i = 0; i < count; i++) {
    /* One address does not have enough ports for all sockets. */
    datagrams(INADDR_LOOPBACK + (holder << 16) + (i / 10000 << 8), FIRST_PORT + i % 10000 * 2, pairs[i]);
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

void crowd(unsigned count) {
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
      CHECK(send(own, message, MESSAGE, 0));
      /* Closed, so it is in no kernel table in which messages of other sockets are looked up. */
      close(own);
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
