// SPDX-License-Identifier: MIT
/*
 * Random calls on random sockets, in threads, forks and execs, by a plan that a seed gives.
 *   mix.out run SEED SECONDS FILE    each process appends its report to FILE: what it moved, and how far which of its
 *                                    threads came in its plan (`thread PATH STEPS HASH`)
 *   mix.out plan SEED PATH STEPS     the plan of that thread, a line a step
 *   mix.out hash SEED PATH STEPS     and the hash of it
 * No call blocks for long, so that no plan can hang.
 */
#define _GNU_SOURCE
#include "../witness.h"
#include "plan.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>

#define THREADS_MAX 8
#define PATH_SIZE 128

static uint64_t seed;
static int report_file, source;
static struct timespec deadline;

struct slot {
  enum kind kind;
  int ends[2];
  struct sockaddr_storage address[2];
  socklen_t size;
};

struct worker {
  char path[PATH_SIZE];
  unsigned depth, forks;
  uint64_t steps, hash;
  unsigned limit; /* steps to make; 0: until the deadline */
  struct slot slots[SLOTS];
  int pipe[2];
  char* buffer;
};

static bool is_over(void) {
  struct timespec now;

  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec > deadline.tv_sec || (now.tv_sec == deadline.tv_sec && now.tv_nsec >= deadline.tv_nsec);
}

static enum transport transport_of(const struct slot* slot) {
  return slot->kind == TCP4 || slot->kind == TCP6 ? TCP : UDP;
}

/* What a call returned. Nothing of a stream is no message, nothing of datagrams is an empty one. */
static void moved(const struct slot* slot, enum direction direction, long result, bool whole) {
  enum transport transport = transport_of(slot);

  if (!whole)
    add_moved(&witnessed[transport][direction], result > 0 ? result : 0, -1);
  else if (result > 0 || (result == 0 && transport == UDP))
    add_moved(&witnessed[transport][direction], result, 1);
}

static void open_slot(struct slot* slot, enum kind kind) {
  static const struct timeval little = {.tv_usec = 2000};
  int family = kind == TCP6 || kind == UDP6 ? AF_INET6 : AF_INET;

  slot->kind = kind;
  if (kind == TCP4 || kind == TCP6) {
    stream_pair(family, 0, slot->ends);
  } else if (kind == UNCONNECTED) {
    for (int i = 0; i < 2; i++) {
      slot->size = loopback(family, &slot->address[i]);
      slot->ends[i] = CHECK(socket(family, SOCK_DGRAM, 0));
      CHECK(bind(slot->ends[i], (struct sockaddr*)&slot->address[i], slot->size));
      CHECK(getsockname(slot->ends[i], (struct sockaddr*)&slot->address[i], &slot->size));
    }
  } else {
    datagram_pair(family, slot->ends);
  }
  for (int i = 0; i < 2; i++) {
    CHECK(setsockopt(slot->ends[i], SOL_SOCKET, SO_RCVTIMEO, &little, sizeof(little)));
    CHECK(setsockopt(slot->ends[i], SOL_SOCKET, SO_SNDTIMEO, &little, sizeof(little)));
    CHECK(fcntl(slot->ends[i], F_SETFD, FD_CLOEXEC));
  }
}

static void close_slot(struct slot* slot) {
  close(slot->ends[0]);
  close(slot->ends[1]);
}

/* Datagrams have an address where the socket has no peer. */
static void address_of(const struct slot* slot, unsigned end, struct msghdr* message) {
  if (slot->kind != UNCONNECTED)
    return;
  message->msg_name = (void*)&slot->address[!end];
  message->msg_namelen = slot->size;
}

/* @size bytes of the buffer in @parts pieces. */
static void cut(struct worker* worker, const struct step* step, struct iovec* parts) {
  unsigned each = step->size / step->parts;

  for (unsigned i = 0; i < step->parts; i++)
    parts[i] = (struct iovec){worker->buffer + i * each, i + 1 < step->parts ? each : step->size - i * each};
}

static void send_step(struct worker* worker, const struct step* step, struct slot* slot) {
  const int flags = MSG_NOSIGNAL | (step->parts == 4 ? 0 : MSG_DONTWAIT);
  int fd = slot->ends[step->end];
  struct iovec parts[4];
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = step->parts};
  struct mmsghdr messages[4];
  int count;

  cut(worker, step, parts);
  address_of(slot, step->end, &message);
  switch (step->op) {
    case SEND:
      moved(slot, TX, send(fd, worker->buffer, step->size, flags), true);
      break;
    case SENDTO:
      moved(slot, TX, sendto(fd, worker->buffer, step->size, flags, message.msg_name, message.msg_namelen), true);
      break;
    case EMPTY:
      moved(slot, TX, sendto(fd, NULL, 0, flags, message.msg_name, message.msg_namelen), true);
      break;
    case SENDMSG:
      moved(slot, TX, sendmsg(fd, &message, flags), true);
      break;
    case SENDMMSG:
      for (unsigned i = 0; i < step->parts; i++) {
        messages[i] = (struct mmsghdr){.msg_hdr = message};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
      }
      count = sendmmsg(fd, messages, step->parts, flags);
      for (int i = 0; i < count; i++)
        moved(slot, TX, messages[i].msg_len, true);
      break;
    case WRITE:
      moved(slot, TX, write(fd, worker->buffer, step->size), true);
      break;
    case WRITEV:
      moved(slot, TX, writev(fd, parts, step->parts), true);
      break;
    default:
      moved(slot, TX, pwritev2(fd, parts, step->parts, -1, 0), true);
      break;
  }
}

static void receive_step(struct worker* worker, const struct step* step, struct slot* slot) {
  const int flags = step->parts == 4 ? 0 : MSG_DONTWAIT;
  int fd = slot->ends[step->end];
  struct iovec parts[4];
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = step->parts};
  struct mmsghdr messages[4];
  struct sockaddr_storage from;
  socklen_t size = sizeof(from);
  int count;

  cut(worker, step, parts);
  switch (step->op) {
    case RECV:
      moved(slot, RX, recv(fd, worker->buffer, step->size, flags), true);
      break;
    case RECVFROM:
      moved(slot, RX, recvfrom(fd, worker->buffer, step->size, flags, (struct sockaddr*)&from, &size), true);
      break;
    case RECVMSG:
      moved(slot, RX, recvmsg(fd, &message, flags), true);
      break;
    case RECVMMSG:
      for (unsigned i = 0; i < step->parts; i++)
        messages[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &parts[i], .msg_iovlen = 1}};
      count = recvmmsg(fd, messages, step->parts, MSG_DONTWAIT, NULL);
      for (int i = 0; i < count; i++)
        moved(slot, RX, messages[i].msg_len, true);
      break;
    case READ:
      moved(slot, RX, read(fd, worker->buffer, step->size), true);
      break;
    case READV:
      moved(slot, RX, readv(fd, parts, step->parts), true);
      break;
    case PREADV2:
      moved(slot, RX, preadv2(fd, parts, step->parts, -1, 0), true);
      break;
    case PEEK:
      recv(fd, worker->buffer, step->size, MSG_PEEK | flags);
      break;
    case TRUNCATE:
      moved(slot, RX, recv(fd, worker->buffer, step->size, MSG_TRUNC | MSG_DONTWAIT), true);
      break;
    default:
      moved(slot, RX, recv(fd, worker->buffer, step->size, MSG_WAITALL), true);
      break;
  }
}

static void pipe_step(struct worker* worker, const struct step* step, struct slot* slot) {
  int fd = slot->ends[step->end];
  off_t offset = 0;
  long got;

  if (step->op == SENDFILE) {
    moved(slot, TX, sendfile(fd, source, &offset, step->size), false);
    return;
  }
  if (step->op == SPLICE_TO) {
    got = write(worker->pipe[1], worker->buffer, step->size);
    if (got > 0)
      moved(slot, TX, splice(worker->pipe[0], NULL, fd, NULL, got, SPLICE_F_NONBLOCK), false);
  } else {
    moved(slot, RX, splice(fd, NULL, worker->pipe[1], NULL, step->size, SPLICE_F_NONBLOCK), false);
  }
  while (read(worker->pipe[0], worker->buffer, LARGEST) > 0)
    ;
}

static void report(const struct worker* workers, unsigned count) {
  char text[8192];
  FILE* out = fmemopen(text, sizeof(text), "w");

  fprintf(out, "process %d\n", getpid());
  for (unsigned i = 0; i < count; i++)
    fprintf(out, "thread %s %" PRIu64 " %016" PRIx64 "\n", workers[i].path, workers[i].steps, workers[i].hash);
  for (int t = 0; t < 2; t++) {
    for (int d = 0; d < DIRECTIONS; d++) {
      const char* column = (const char*[]){"tcp_rx", "tcp_tx", "udp_rx", "udp_tx"}[t * 2 + d];

      fprintf(out, "%s_bytes %llu\n%s_msgs ", column, witnessed[t][d].bytes, column);
      if (witnessed[t][d].messages_unknown)
        fprintf(out, "any\n");
      else
        fprintf(out, "%llu\n", witnessed[t][d].messages);
    }
  }
  fprintf(out, "end\n");
  long size = ftell(out);
  fclose(out);
  if (write(report_file, text, size) != size)
    err(1, "report");
}

static void work(struct worker* worker);

static void nothing(int signal) {
  (void)signal;
}

/* A signal ends a call early, never the process: also not while it executes itself. */
static void take_signals(void) {
  struct sigaction action = {.sa_handler = nothing, .sa_flags = SA_RESTART};
  sigset_t set;

  CHECK(sigaction(SIGUSR1, &action, NULL));
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  CHECK(sigprocmask(SIG_UNBLOCK, &set, NULL));
}

static void hold_signals(void) {
  sigset_t set;

  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  CHECK(sigprocmask(SIG_BLOCK, &set, NULL));
}

static void await_children(void) {
  while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
    ;
}

/* The counts of before go along: it is the same process. */
static void execute_self(const struct worker* worker, unsigned steps) {
  char words[16][32];
  char* argv[24] = {"mix.out", "go-on"};
  int n = 0, m = 2;

  snprintf(words[n++], 32, "%" PRIu64, seed);
  snprintf(words[n++], 32, "%d", report_file);
  snprintf(words[n++], 32, "%u", steps);
  snprintf(words[n++], 32, "%u", worker->depth);
  for (int t = 0; t < 2; t++)
    for (int d = 0; d < DIRECTIONS; d++) {
      snprintf(words[n++], 32, "%llu", witnessed[t][d].bytes);
      snprintf(words[n++], 32, "%llu", witnessed[t][d].messages);
      snprintf(words[n++], 32, "%d", witnessed[t][d].messages_unknown);
    }
  for (int i = 0; i < n; i++)
    argv[m++] = words[i];
  argv[m++] = (char*)worker->path;
  argv[m] = NULL;
  hold_signals();
  execv("/proc/self/exe", argv);
  err(1, "exec");
}

static void fork_step(struct worker* worker, const struct step* step) {
  pid_t child = fork();

  worker->forks++;
  if (child)
    return;
  memset(&witnessed, 0, sizeof(witnessed));
  size_t length = strlen(worker->path);
  snprintf(worker->path + length, PATH_SIZE - length, ".f%u", worker->forks);
  worker->depth++;
  worker->forks = 0;
  worker->limit = step->exec ? step->steps / 2 : step->steps;
  worker->steps = worker->hash = 0;
  work(worker);
  if (step->exec) {
    /* This part of the plan is over; another path goes on. */
    report_file = CHECK(fcntl(report_file, F_DUPFD, 0));
    char line[PATH_SIZE + 64];
    int size = snprintf(line, sizeof(line), "before %d %s %" PRIu64 " %016" PRIx64 "\n", getpid(), worker->path,
                        worker->steps, worker->hash);

    CHECK(write(report_file, line, size));
    length = strlen(worker->path);
    snprintf(worker->path + length, PATH_SIZE - length, ".x");
    execute_self(worker, step->steps - step->steps / 2);
  }
  await_children();
  report(worker, 1);
  _exit(0);
}

static void make_step(struct worker* worker, const struct step* step) {
  struct slot* slot = &worker->slots[step->slot];

  if (step->op == FORK) {
    fork_step(worker, step);
  } else if (step->op == REOPEN) {
    close_slot(slot);
    open_slot(slot, step->kind);
  } else if (step->op >= SENDFILE) {
    pipe_step(worker, step, slot);
  } else if (step->op <= PWRITEV2 || step->op == EMPTY) {
    send_step(worker, step, slot);
  } else {
    receive_step(worker, step, slot);
  }
}

static void work(struct worker* worker) {
  struct plan plan = plan_of(seed, worker->path, worker->depth);

  while (worker->limit ? worker->steps < worker->limit : !is_over()) {
    struct step step = next_step(&plan);

    /* Before it is made: a child goes on with a plan of its own. */
    worker->hash = hash_step(worker->hash, &step);
    worker->steps++;
    make_step(worker, &step);
  }
}

static void prepare(struct worker* worker) {
  worker->buffer = malloc(LARGEST);
  memset(worker->buffer, 'x', LARGEST);
  CHECK(pipe2(worker->pipe, O_NONBLOCK | O_CLOEXEC));
  CHECK(fcntl(worker->pipe[1], F_SETPIPE_SZ, LARGEST));
  for (unsigned i = 0; i < SLOTS; i++)
    open_slot(&worker->slots[i], i % KINDS);
}

static void* run_thread(void* worker) {
  prepare(worker);
  work(worker);
  return NULL;
}

static void run_all(unsigned seconds) {
  static struct worker workers[THREADS_MAX];
  struct plan plan = plan_of(seed, "threads", 0);
  unsigned count = 2 + below(&plan, THREADS_MAX - 1);
  pthread_t threads[THREADS_MAX];

  clock_gettime(CLOCK_MONOTONIC, &deadline);
  deadline.tv_sec += seconds;
  for (unsigned i = 0; i < count; i++) {
    snprintf(workers[i].path, PATH_SIZE, "%u", i);
    if (pthread_create(&threads[i], NULL, run_thread, &workers[i]))
      errx(1, "pthread_create");
  }
  for (unsigned i = 0; i < count; i++)
    pthread_join(threads[i], NULL);
  await_children();
  report(workers, count);
}

static void go_on(char** words) {
  static struct worker worker;

  report_file = atoi(words[1]);
  worker.limit = atoi(words[2]);
  worker.depth = atoi(words[3]);
  words += 4;
  for (int t = 0; t < 2; t++)
    for (int d = 0; d < DIRECTIONS; d++) {
      witnessed[t][d].bytes = strtoull(*words++, NULL, 10);
      witnessed[t][d].messages = strtoull(*words++, NULL, 10);
      witnessed[t][d].messages_unknown = atoi(*words++);
    }
  snprintf(worker.path, PATH_SIZE, "%s", *words);
  prepare(&worker);
  work(&worker);
  await_children();
  report(&worker, 1);
}

static void tell_plan(const char* path, uint64_t steps, bool print) {
  unsigned depth = 0;
  uint64_t hash = 0;

  for (const char* c = path; *c; c++)
    depth += *c == 'f';
  struct plan plan = plan_of(seed, path, depth);

  while (steps--) {
    struct step step = next_step(&plan);

    hash = hash_step(hash, &step);
    if (print)
      print_step(&step);
  }
  if (!print)
    printf("%016" PRIx64 "\n", hash);
}

int main(int argc, char** argv) {
  if (argc < 5)
    errx(2, "usage: mix.out run SEED SECONDS FILE | plan|hash SEED PATH STEPS");
  seed = strtoull(argv[2], NULL, 10);
  source = CHECK(memfd_create("source", MFD_CLOEXEC));
  CHECK(ftruncate(source, LARGEST));
  signal(SIGPIPE, SIG_IGN);
  take_signals();
  if (!strcmp(argv[1], "run")) {
    report_file = CHECK(open(argv[4], O_WRONLY | O_CREAT | O_APPEND, 0600));
    run_all(atoi(argv[3]));
  } else if (!strcmp(argv[1], "go-on")) {
    go_on(argv + 2);
  } else {
    tell_plan(argv[3], strtoull(argv[4], NULL, 10), !strcmp(argv[1], "plan"));
  }
  return 0;
}
