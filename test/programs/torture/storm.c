// SPDX-License-Identifier: MIT
/*
 * storm.out SECONDS WORKERS SEED: processes that begin and end as fast as they can, by fork, vfork, exec, threads and
 * orphans, each with a few datagrams. Its report is the sum of what all of them moved, and how many of which kind.
 * storm.out leaf BYTES ROUNDS moves so much and ends.
 */
#define _GNU_SOURCE
#include "../witness.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>

enum kind { FORK, EXEC, VFORK, THREADS, ORPHAN, KILLED, NO_EXEC, KINDS };

static const char* const names[KINDS] = {"forks", "execs", "vforks", "threads", "orphans", "killed", "failed_execs"};

/* Of all workers. */
static struct shared {
  _Atomic unsigned long done[KINDS], refused;
  witnessed_t witnessed;
} * shared;

static time_t deadline;

static bool is_over(void) {
  struct timespec now;

  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec >= deadline;
}

static void move(unsigned bytes, unsigned rounds) {
  static __thread char buffer[4096];
  int ends[2];

  datagram_pair(AF_INET, ends);
  while (rounds--) {
    SENT(UDP, send(ends[0], buffer, bytes, 0));
    RECEIVED(UDP, recv(ends[1], buffer, sizeof(buffer), 0));
  }
  close(ends[0]);
  close(ends[1]);
}

/* What a process moved that ended well. */
static void add(unsigned bytes, unsigned rounds) {
  for (int d = 0; d < DIRECTIONS; d++) {
    shared->witnessed[UDP][d].bytes += (unsigned long long)bytes * rounds;
    shared->witnessed[UDP][d].messages += rounds;
  }
}

static unsigned thread_bytes;

static void* thread(void* unused) {
  (void)unused;
  move(thread_bytes, 1);
  return NULL;
}

/* Three times the bytes, whether or not there are threads to be had. */
static void in_threads(unsigned bytes) {
  pthread_t threads[3];
  bool begun[3];

  thread_bytes = bytes;
  for (int i = 0; i < 3; i++) {
    begun[i] = pthread_create(&threads[i], NULL, thread, NULL) == 0;
    if (!begun[i])
      thread(NULL);
  }
  for (int i = 0; i < 3; i++)
    if (begun[i])
      pthread_join(threads[i], NULL);
}

static void execute(unsigned bytes, unsigned rounds) {
  char words[2][16];

  snprintf(words[0], 16, "%u", bytes);
  snprintf(words[1], 16, "%u", rounds);
  execl("/proc/self/exe", "storm.out", "leaf", words[0], words[1], NULL);
  _exit(127);
}

/* A child that leaves a child behind, which this process then inherits. */
static void orphan(unsigned bytes, unsigned rounds) {
  pid_t child = fork();

  if (child < 0)
    _exit(126);
  if (child)
    _exit(0);
  move(bytes, rounds);
  _exit(0);
}

static void child(enum kind kind, unsigned bytes, unsigned rounds) {
  switch (kind) {
    case FORK:
      move(bytes, rounds);
      _exit(0);
    case EXEC:
    case VFORK:
      execute(bytes, rounds);
      break;
    case THREADS:
      in_threads(bytes);
      _exit(0);
    case ORPHAN:
      orphan(bytes, rounds);
      break;
    case KILLED:
      for (;;)
        pause();
    default:
      execl("/no/such/storm.out", "storm.out", NULL);
      _exit(0);
  }
}

/* Waits for a child and whatever else has been inherited; true if all of them ended as they should. */
static bool reap(enum kind kind, pid_t first) {
  unsigned expected = kind == ORPHAN ? 2 : 1;
  bool well = true;
  int status;

  if (kind == KILLED)
    kill(first, SIGKILL);
  while (expected--) {
    pid_t pid = wait(&status);

    if (pid < 0)
      err(1, "wait");
    /* The one between could not fork: there is no other. */
    if (kind == ORPHAN && WIFEXITED(status) && WEXITSTATUS(status) == 126)
      return false;
    well = well && (kind == KILLED ? WIFSIGNALED(status) : status == 0);
  }
  if (!well)
    errx(1, "%s: status %#x", names[kind], status);
  return true;
}

static void work(unsigned state) {
  CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1));
  while (!is_over()) {
    enum kind kind = rand_r(&state) % KINDS;
    unsigned bytes = 1 + rand_r(&state) % 1400, rounds = kind == THREADS ? 3 : 1 + rand_r(&state) % 3;
    pid_t pid = kind == VFORK ? vfork() : fork();

    if (!pid)
      child(kind, bytes, rounds);
    if (pid < 0 || !reap(kind, pid)) {
      shared->refused++;
      usleep(10000);
      continue;
    }
    shared->done[kind]++;
    if (kind != KILLED && kind != NO_EXEC)
      add(bytes, rounds);
  }
  _exit(0);
}

int main(int argc, char** argv) {
  struct timespec now;
  int workers, status;

  if (argc == 4 && !strcmp(argv[1], "leaf")) {
    move(atoi(argv[2]), atoi(argv[3]));
    return 0;
  }
  if (argc != 4)
    errx(2, "usage: storm.out SECONDS WORKERS SEED");
  shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED)
    err(1, "mmap");
  clock_gettime(CLOCK_MONOTONIC, &now);
  deadline = now.tv_sec + atoi(argv[1]);
  workers = atoi(argv[2]);
  for (int i = 0; i < workers; i++) {
    pid_t pid = fork();

    if (!pid)
      work(atoi(argv[3]) * 1000u + i);
    if (pid < 0)
      shared->refused++;
  }
  while (wait(&status) > 0)
    if (status)
      errx(1, "a worker ended with status %#x", status);
  for (int i = 0; i < KINDS; i++)
    printf("did %s %lu\n", names[i], shared->done[i]);
  printf("did refused_forks %lu\n", shared->refused);
  report_of(getpid(), shared->witnessed);
  return 0;
}
