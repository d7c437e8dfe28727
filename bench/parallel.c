// SPDX-License-Identifier: MIT
/*
 * Usage: parallel.out PROCESSES MILLISECONDS
 * Each process runs on its own processor, with its own sockets. It sends 35 bytes to itself and receives them, again
 * and again. Prints the total number of messages.
 */
#define _GNU_SOURCE
#include "../test/programs/witness.h"
#include "population.h"

#include <sched.h>
#include <time.h>

static long long milliseconds(void) {
  struct timespec time;

  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

static unsigned long long pairs_in(unsigned cpu, long long time) {
  unsigned long long done = 0;
  char buffer[MESSAGE] = {0};
  cpu_set_t own;
  int ends[2];

  CPU_ZERO(&own);
  CPU_SET(cpu, &own);
  CHECK(sched_setaffinity(0, sizeof(own), &own));
  datagram_pair(AF_INET, ends);
  for (long long end = milliseconds() + time; milliseconds() < end;)
    /* Read the clock only once per 100 messages: it is not what is measured. */
    for (int i = 0; i < 100; i++, done++) {
      CHECK(send(ends[0], buffer, MESSAGE, 0));
      CHECK(recv(ends[1], buffer, MESSAGE, 0));
    }
  return done;
}

int main(int argc, char** argv) {
  unsigned long long sum = 0, done;
  unsigned processes;
  int results[2];

  if (argc != 3)
    errx(2, "usage: parallel.out PROCESSES MILLISECONDS");
  processes = atoi(argv[1]);
  CHECK(pipe(results));
  for (unsigned i = 0; i < processes; i++)
    if (!CHECK(fork())) {
      done = pairs_in(i, atoi(argv[2]));
      CHECK(write(results[1], &done, sizeof(done)));
      return 0;
    }
  for (unsigned i = 0; i < processes; i++) {
    CHECK(read(results[0], &done, sizeof(done)));
    sum += done;
  }
  printf("%llu\n", sum);
  return 0;
}
