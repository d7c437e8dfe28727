// SPDX-License-Identifier: MIT
/*
 * readers.out THREADS SEED: reads every file of /proc/net_traffic at full speed, whole and in odd pieces, with seeks,
 * whether it is there or not, until its input ends; then says how often it did what.
 */
#define _GNU_SOURCE
#include "../witness.h"

#include <fcntl.h>
#include <pthread.h>

static const char* const files[] = {"counters", "flows", "programs", "status", "control"};
static _Atomic unsigned long opens, reads, seeks, broken;
static _Atomic bool over;

static void check_start(const char* text, long size) {
  static const char header[] = "net_traffic 1\n";

  if (size >= (long)sizeof(header) - 1 && memcmp(text, header, sizeof(header) - 1) != 0)
    broken++;
}

/* Until it ends, has had enough, or the module goes away under it. */
static void read_some(int fd, unsigned* state) {
  char buffer[16384];
  unsigned left = rand_r(state) % 200;
  bool whole = rand_r(state) % 2;
  bool first = true;

  while (whole || left--) {
    size_t size = whole ? sizeof(buffer) : 1 + rand_r(state) % (rand_r(state) % 4 ? 300 : sizeof(buffer));
    long got = read(fd, buffer, size);

    if (got <= 0)
      return;
    reads++;
    if (first)
      check_start(buffer, got);
    first = false;
    if (!whole && rand_r(state) % 8 == 0) {
      lseek(fd, rand_r(state) % 2 ? 0 : rand_r(state) % 100000, rand_r(state) % 4 ? SEEK_SET : SEEK_CUR);
      seeks++;
    } else if (!whole && rand_r(state) % 8 == 0) {
      if (pread(fd, buffer, size, rand_r(state) % 5000) > 0)
        reads++;
    }
  }
}

static void* run(void* seed) {
  unsigned state = (long)seed;
  char path[64];

  while (!over) {
    int fd;

    snprintf(path, sizeof(path), "/proc/net_traffic/%s", files[rand_r(&state) % 5]);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
      usleep(1000);
      continue;
    }
    opens++;
    read_some(fd, &state);
    /* Some are held half read, so that the module goes away under them. */
    if (rand_r(&state) % 16 == 0)
      usleep(rand_r(&state) % 300000);
    close(fd);
  }
  return NULL;
}

int main(int argc, char** argv) {
  int count = argc > 1 ? atoi(argv[1]) : 2;
  pthread_t threads[count];
  char byte;

  for (long i = 0; i < count; i++)
    if (pthread_create(&threads[i], NULL, run, (void*)(atol(argc > 2 ? argv[2] : "1") * 100 + i)))
      errx(1, "pthread_create");
  while (read(0, &byte, 1) > 0)
    ;
  over = true;
  for (int i = 0; i < count; i++)
    pthread_join(threads[i], NULL);
  printf("did file_opens %lu\ndid file_reads %lu\ndid file_seeks %lu\n", opens, reads, seeks);
  if (broken)
    errx(1, "%lu readings did not begin as they should", broken);
  return 0;
}
