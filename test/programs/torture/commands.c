// SPDX-License-Identifier: MIT
/*
 * commands.out THREADS SEED: writes commands to /proc/net_traffic/control, valid ones and nonsense, in sessions of its
 * own that come and go, so that it disturbs nobody else's counts. One more thread moves data, as long as it lives: a
 * session that attached this very process, and nobody else has it, ends in the middle of its calls. The line `pause` on
 * its input has it close them all, which it answers with `paused`; `go` lets it go on; at the end it says how often it
 * did what.
 */
#define _GNU_SOURCE
#include "../witness.h"

#include <fcntl.h>
#include <pthread.h>

static _Atomic unsigned long accepted, refused, sessions;
static _Atomic bool over, paused;
static _Atomic int at_work;

/* The pid that was given last, by the fifth field of the file. */
static long last_pid(void) {
  long pid = 1;
  FILE* file = fopen("/proc/loadavg", "re");

  if (file) {
    if (fscanf(file, "%*s %*s %*s %*s %ld", &pid) != 1)
      pid = 1;
    fclose(file);
  }
  return pid;
}

/* Mostly of the youngest, which move data; else any, or its own. */
static long any_pid(unsigned* state) {
  switch (rand_r(state) % 8) {
    case 0:
      return 1 + rand_r(state) % 3000;
    case 1:
      return getpid();
    default:
      return last_pid() - rand_r(state) % 40;
  }
}

/* One of the commands, or what is nearly one. */
static size_t compose(char* text, size_t size, unsigned* state) {
  static const char* const names[] = {"tracked", "storm.out", "victim", "*", "t*d", "/usr/*", "[", "a b", "\n", ""};
  const char* name = names[rand_r(state) % 10];
  size_t length;

  switch (rand_r(state) % 12) {
    case 0:
    case 1:
      return snprintf(text, size, "watch %s%s", rand_r(state) % 2 ? "" : "follow=0 ", name);
    case 2:
      return snprintf(text, size, "unwatch %s", name);
    case 3:
    case 4:
      return snprintf(text, size, "attach %s%ld", rand_r(state) % 2 ? "" : "follow=0 ", any_pid(state));
    case 5:
      return snprintf(text, size, "detach %ld", any_pid(state));
    case 6:
    case 7:
      return snprintf(text, size, "clear %llu", rand_r(state) % 4 ? rand_r(state) % 5000ULL : ~0ULL);
    case 8:
      return snprintf(text, size, "children %s", rand_r(state) % 2 ? "on" : "off");
    case 9:
      return snprintf(text, size, "session");
    case 10:
      return snprintf(text, size, "stop");
    default:
      length = rand_r(state) % size;
      for (size_t i = 0; i < length; i++)
        text[i] = rand_r(state);
      return length;
  }
}

static void one_session(unsigned* state) {
  int fd = open("/proc/net_traffic/control", O_RDWR | O_CLOEXEC);
  unsigned left = 1 + rand_r(state) % 60;
  char text[6000];

  if (fd < 0 || write(fd, "session", 7) < 0) {
    close(fd);
    usleep(2000);
    return;
  }
  sessions++;
  while (left-- && !paused && !over) {
    size_t size = compose(text, rand_r(state) % 20 ? 300 : sizeof(text), state);

    /* The one command of a session that is everybody's: for others to give. */
    if (size == 4 && !memcmp(text, "stop", 4))
      continue;
    if (write(fd, text, size) < 0)
      refused++;
    else
      accepted++;
    if (rand_r(state) % 8 == 0 && pread(fd, text, sizeof(text), 0) < 0)
      refused++;
  }
  close(fd);
}

static void* run(void* seed) {
  unsigned state = (long)seed;

  while (!over) {
    if (paused) {
      usleep(2000);
      continue;
    }
    at_work++;
    if (!paused)
      one_session(&state);
    at_work--;
  }
  return NULL;
}

static void* move_data(void* argument) {
  char byte = 0;
  int ends[2];

  datagram_pair(AF_INET, ends);
  while (!over) {
    CHECK(send(ends[0], &byte, 1, 0));
    CHECK(recv(ends[1], &byte, 1, 0));
    usleep(500);
  }
  return argument;
}

int main(int argc, char** argv) {
  int count = argc > 1 ? atoi(argv[1]) : 2;
  pthread_t threads[count], mover;
  char line[16];

  setvbuf(stdout, NULL, _IOLBF, 0);
  for (long i = 0; i < count; i++)
    if (pthread_create(&threads[i], NULL, run, (void*)(atol(argc > 2 ? argv[2] : "1") * 100 + i)))
      errx(1, "pthread_create");
  if (pthread_create(&mover, NULL, move_data, NULL))
    errx(1, "pthread_create");
  while (fgets(line, sizeof(line), stdin)) {
    paused = !strcmp(line, "pause\n");
    if (paused) {
      while (at_work)
        usleep(1000);
      puts("paused");
    }
  }
  over = true;
  for (int i = 0; i < count; i++)
    pthread_join(threads[i], NULL);
  pthread_join(mover, NULL);
  printf("did commands %lu\ndid refused_commands %lu\ndid sessions %lu\n", accepted, refused, sessions);
  return 0;
}
