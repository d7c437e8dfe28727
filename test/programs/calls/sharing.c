// SPDX-License-Identifier: MIT
/* Who makes the call has made the transfer: threads, and a child with the parent's sockets. */
#define _GNU_SOURCE
#include "../witness.h"

#include <fcntl.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>

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

static void fork_shares(void) {
  int ends[2];
  pid_t child;

  stream_pair(AF_INET, 0, ends);
  SENT(TCP, send(ends[0], data, 100, 0));
  child = fork_anew();
  if (!child) {
    receive_all(TCP, ends[1], 100);
    SENT(TCP, send(ends[1], data, 70, 0));
    end_child();
  }
  await_child(child, 0);
  receive_all(TCP, ends[0], 70);
}

/* The child borrows the parent's memory, not its place in the counters. */
static void vfork_sends(void) {
  static witnessed_t borrowed;
  int ends[2];
  pid_t child;

  stream_pair(AF_INET, 0, ends);
  SENT(TCP, send(ends[0], data, 10, 0));
  child = CHECK(vfork());
  if (!child) {
    add_moved(&borrowed[TCP][TX], CHECK(send(ends[0], data, 20, 0)), 1);
    execl("/bin/true", "true", NULL);
    _exit(1);
  }
  await_child(child, 0);
  report_of(child, borrowed);
  SENT(TCP, send(ends[0], data, 30, 0));
  receive_all(TCP, ends[1], 60);
}

static witnessed_t sibling;

static int share_memory(void* argument) {
  int* ends = argument;

  for (int i = 0; i < ROUNDS; i++)
    add_moved(&sibling[TCP][TX], CHECK(send(ends[0], data, 7, 0)), 1);
  return 0;
}

/* Memory and descriptors in common, and a process of its own all the same. */
static void clone_shares_memory(void) {
  static char stack[65536] __attribute__((aligned(16)));
  int ends[2];
  pid_t child;

  stream_pair(AF_INET, 0, ends);
  child = CHECK(clone(share_memory, stack + sizeof(stack), CLONE_VM | CLONE_FILES | SIGCHLD, ends));
  receive_all(TCP, ends[1], 7 * ROUNDS);
  SENT(TCP, send(ends[0], data, 5, 0));
  await_child(child, 0);
  report_of(child, sibling);
}

static void* send_on(void* argument) {
  for (int i = 0; i < 10; i++)
    SENT(TCP, send(*(int*)argument, data, 100, 0));
  return NULL;
}

static void hundred_threads(void) {
  pthread_t thread[100];
  pthread_attr_t small;
  int ends[2];

  stream_pair(AF_INET, 0, ends);
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 65536);
  for (int i = 0; i < 100; i++)
    if (pthread_create(&thread[i], &small, send_on, &ends[0]))
      errx(1, "pthread_create");
  receive_all(TCP, ends[1], 100 * 10 * 100);
  for (int i = 0; i < 100; i++)
    pthread_join(thread[i], NULL);
}

static void loopback_up(void) {
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
  int any = CHECK(socket(AF_INET, SOCK_DGRAM, 0));

  CHECK(ioctl(any, SIOCSIFFLAGS, &request));
  close(any);
}

/* A process is one, wherever its sockets are. */
static void network_namespaces(void) {
  int first = CHECK(open("/proc/self/ns/net", O_RDONLY));
  int outside[2], inside[2];

  stream_pair(AF_INET, 0, outside);
  CHECK(unshare(CLONE_NEWNET));
  loopback_up();
  stream_pair(AF_INET, 0, inside);
  SENT(TCP, send(inside[0], data, 100, 0));
  SENT(TCP, send(outside[0], data, 200, 0));
  CHECK(setns(first, CLONE_NEWNET));
  receive_all(TCP, inside[1], 100);
  receive_all(TCP, outside[1], 200);
  datagram_pair(AF_INET, outside);
  SENT(UDP, send(outside[0], data, 300, 0));
  RECEIVED(UDP, recv(outside[1], data, sizeof(data), 0));
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
  child = fork_anew();
  if (!child) {
    int mine = take(channel[1]);

    SENT(TCP, send(mine, data, 44, 0));
    end_child();
  }
  stream_pair(AF_INET, 0, ends);
  pass(channel[0], ends[0]);
  await_child(child, 0);
  receive_all(TCP, ends[1], 44);
}

int main(int argc, char** argv) {
  static const struct scenario scenarios[] = {{"threads", threads},
                                              {"leader-ends-first", leader_ends_first},
                                              {"fork", fork_shares},
                                              {"pass", pass_descriptor},
                                              {"vfork", vfork_sends},
                                              {"clone", clone_shares_memory},
                                              {"hundred-threads", hundred_threads},
                                              {"network-namespaces", network_namespaces},
                                              {}};

  return run_scenario(scenarios, argc, argv);
}
