// SPDX-License-Identifier: MIT
/* Who makes the call has made the transfer: threads, and a child with the parent's sockets. */
#define _GNU_SOURCE
#include "../witness.h"

#include <pthread.h>
#include <sys/wait.h>

#define THREADS 8
#define ROUNDS 50

static char data[1000];

static void* exchange(void* argument) {
  int ends[2];

  (void)argument;
  stream_pair(AF_INET, 0, ends);
  for (int i = 0; i < ROUNDS; i++) {
    SENT(TCP, send(ends[0], data, 1 + i, 0));
    receive_all(TCP, ends[1], 1 + i);
  }
  datagram_pair(AF_INET, ends);
  for (int i = 0; i < ROUNDS; i++) {
    char buffer[1000];

    SENT(UDP, send(ends[0], data, i, 0));
    RECEIVED(UDP, recv(ends[1], buffer, sizeof(buffer), 0));
  }
  return NULL;
}

static void threads(void) {
  pthread_t thread[THREADS];

  for (int i = 0; i < THREADS; i++)
    if (pthread_create(&thread[i], NULL, exchange, NULL))
      errx(1, "pthread_create");
  for (int i = 0; i < THREADS; i++)
    pthread_join(thread[i], NULL);
}

/* The process lives on in a thread when its first one has ended. */
static void* outlive(void* argument) {
  pthread_join(*(pthread_t*)argument, NULL);
  exchange(NULL);
  report_witness();
  exit(0);
}

static void leader_ends_first(void) {
  static pthread_t first;
  pthread_t thread;

  first = pthread_self();
  exchange(NULL);
  if (pthread_create(&thread, NULL, outlive, &first))
    errx(1, "pthread_create");
  pthread_exit(NULL);
}

/*
 * Parent and child each report their own: the child's lines come first, then a
 * line with its pid, then the parent's.
 */
static void fork_shares(void) {
  int ends[2];
  pid_t child;

  stream_pair(AF_INET, 0, ends);
  SENT(TCP, send(ends[0], data, 100, 0));
  child = CHECK(fork());
  if (!child) {
    memset(&witnessed, 0, sizeof(witnessed));
    receive_all(TCP, ends[1], 100);
    SENT(TCP, send(ends[1], data, 70, 0));
    report_witness();
    printf("child %d\n", getpid());
    exit(0);
  }
  CHECK(waitpid(child, NULL, 0));
  receive_all(TCP, ends[0], 70);
}

static void pass(int to, int descriptor) {
  char control[CMSG_SPACE(sizeof(int))] = {};
  struct iovec part = {data, 1};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
  struct cmsghdr* header = CMSG_FIRSTHDR(&message);

  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
  CHECK(sendmsg(to, &message, 0));
}

static int take(int from) {
  char control[CMSG_SPACE(sizeof(int))];
  struct iovec part = {data, 1};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
  int descriptor;

  CHECK(recvmsg(from, &message, 0));
  memcpy(&descriptor, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
  return descriptor;
}

static void pass_descriptor(void) {
  int ends[2], channel[2];
  pid_t child;

  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
  child = CHECK(fork());
  if (!child) {
    int mine = take(channel[1]);

    SENT(TCP, send(mine, data, 44, 0));
    report_witness();
    printf("child %d\n", getpid());
    exit(0);
  }
  stream_pair(AF_INET, 0, ends);
  pass(channel[0], ends[0]);
  CHECK(waitpid(child, NULL, 0));
  receive_all(TCP, ends[1], 44);
}

int main(int argc, char** argv) {
  static const struct scenario scenarios[] = {{"threads", threads},
                                              {"leader-ends-first", leader_ends_first},
                                              {"fork", fork_shares},
                                              {"pass", pass_descriptor},
                                              {}};

  return run_scenario(scenarios, argc, argv);
}
