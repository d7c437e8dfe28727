/* SPDX-License-Identifier: MIT */
/*
 * A program that counts for itself what its calls returned, and says so at its end: the witness
 * against which the module's counters are held. `NAME.out SCENARIO` runs one scenario.
 * Its report is the line `process PID` and a line a column; a program of several processes prints one of each.
 */
#ifndef WITNESS_H
#define WITNESS_H

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

enum transport { TCP, UDP, OTHER, UNIX, PACKET, VSOCK, TRANSPORTS };
enum direction { RX, TX, DIRECTIONS };

struct scenario {
  const char* name;
  void (*run)(void);
};

struct moved {
  _Atomic unsigned long long bytes, messages;
  /* The kernel decides how many messages make up the bytes. */
  _Atomic bool messages_unknown;
};

typedef struct moved witnessed_t[TRANSPORTS][DIRECTIONS];

static witnessed_t witnessed;

/* @messages: how many the bytes are, or -1: as many as the kernel makes of them. */
static inline void add_moved(struct moved* moved, unsigned long long bytes, int messages) {
  moved->bytes += bytes;
  if (messages < 0)
    moved->messages_unknown = true;
  else
    moved->messages += messages;
}

static inline long witness(enum transport transport, enum direction direction, long result, const char* call) {
  if (result < 0)
    err(1, "%s", call);
  add_moved(&witnessed[transport][direction], result, 1);
  return result;
}

static inline long witness_bytes(enum transport transport, enum direction direction, long result, const char* call) {
  if (result < 0)
    err(1, "%s", call);
  add_moved(&witnessed[transport][direction], result, -1);
  return result;
}

/* A call that is one message, and one that is any number of them. */
#define SENT(transport, call) witness(transport, TX, call, #call)
#define RECEIVED(transport, call) witness(transport, RX, call, #call)
#define SENT_BYTES(transport, call) witness_bytes(transport, TX, call, #call)
#define RECEIVED_BYTES(transport, call) witness_bytes(transport, RX, call, #call)

/* A call that is not to be counted, whatever it returns, and what that is. */
#define EXPECT(expected, call)                                                                 \
  do {                                                                                         \
    long result_ = (call);                                                                     \
    if (result_ != (expected))                                                                 \
      errx(1, "%s is %ld and not %ld: %s", #call, result_, (long)(expected), strerror(errno)); \
  } while (0)

#define FAILS(expected, call)                                                       \
  do {                                                                              \
    long result_ = (call);                                                          \
    if (result_ != -1 || errno != (expected))                                       \
      errx(1, "%s is %ld, not %s: %s", #call, result_, #expected, strerror(errno)); \
  } while (0)

#define CHECK(call) check((call), #call)

static inline long check(long result, const char* call) {
  if (result < 0)
    err(1, "%s", call);
  return result;
}

static inline socklen_t loopback(int family, struct sockaddr_storage* address) {
  memset(address, 0, sizeof(*address));
  address->ss_family = family;
  if (family == AF_INET6) {
    ((struct sockaddr_in6*)address)->sin6_addr = in6addr_loopback;
    return sizeof(struct sockaddr_in6);
  }
  ((struct sockaddr_in*)address)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return sizeof(struct sockaddr_in);
}

/* Two ends of one connection: ends[0] connected, ends[1] accepted. */
static inline void stream_pair(int family, int protocol, int ends[2]) {
  struct sockaddr_storage address;
  socklen_t size = loopback(family, &address);
  int listener = CHECK(socket(family, SOCK_STREAM, protocol));

  CHECK(bind(listener, (struct sockaddr*)&address, size));
  CHECK(listen(listener, 1));
  CHECK(getsockname(listener, (struct sockaddr*)&address, &size));
  ends[0] = CHECK(socket(family, SOCK_STREAM, protocol));
  CHECK(connect(ends[0], (struct sockaddr*)&address, size));
  ends[1] = CHECK(accept(listener, NULL, NULL));
  close(listener);
}

/* Two datagram sockets, connected to each other. */
static inline void datagram_pair(int family, int ends[2]) {
  struct sockaddr_storage address[2];
  socklen_t size = 0;

  for (int i = 0; i < 2; i++) {
    size = loopback(family, &address[i]);
    ends[i] = CHECK(socket(family, SOCK_DGRAM, 0));
    CHECK(bind(ends[i], (struct sockaddr*)&address[i], size));
    CHECK(getsockname(ends[i], (struct sockaddr*)&address[i], &size));
  }
  for (int i = 0; i < 2; i++)
    CHECK(connect(ends[i], (struct sockaddr*)&address[!i], size));
}

/* Receives exactly @size bytes in as many calls as it takes. */
static inline void receive_all(enum transport transport, int from, size_t size) {
  char buffer[65536];

  while (size) {
    long got = RECEIVED(transport, recv(from, buffer, size < sizeof(buffer) ? size : sizeof(buffer), 0));

    if (!got)
      errx(1, "%zu bytes are missing", size);
    size -= got;
  }
}

static inline void report_of(pid_t pid, witnessed_t by) {
  static const char* const transports[] = {"tcp", "udp", "other", "unix", "packet", "vsock"};
  static const char* const directions[] = {"rx", "tx"};

  printf("process %d\n", pid);
  for (int t = 0; t < TRANSPORTS; t++) {
    for (int d = 0; d < DIRECTIONS; d++) {
      printf("%s_%s_bytes %llu\n", transports[t], directions[d], by[t][d].bytes);
      if (by[t][d].messages_unknown)
        printf("%s_%s_msgs any\n", transports[t], directions[d]);
      else
        printf("%s_%s_msgs %llu\n", transports[t], directions[d], by[t][d].messages);
    }
  }
  fflush(stdout);
}

static inline void report_witness(void) {
  report_of(getpid(), witnessed);
}

/* A child that has counted nothing yet; what was printed is not printed again by it. */
static inline pid_t fork_anew(void) {
  pid_t child;

  fflush(stdout);
  child = CHECK(fork());
  if (!child)
    memset(&witnessed, 0, sizeof(witnessed));
  return child;
}

static inline void end_child(void) {
  report_witness();
  exit(0);
}

/* Its wait status is to be @status. */
static inline void await_child(pid_t child, int status) {
  int ended;

  CHECK(waitpid(child, &ended, 0));
  if (ended != status)
    errx(1, "the child ended with %#x", ended);
}

/* Without an argument: the names, a line each. */
static inline int run_scenario(const struct scenario* scenarios, int argc, char** argv) {
  for (; scenarios->name; scenarios++) {
    if (argc < 2) {
      puts(scenarios->name);
    } else if (!strcmp(argv[1], scenarios->name)) {
      scenarios->run();
      report_witness();
      return 0;
    }
  }
  if (argc > 1)
    errx(2, "no scenario %s", argv[1]);
  return 0;
}

#endif
