// SPDX-License-Identifier: MIT
/*
 * Usage: workloads.out NAME COUNT [ARGUMENT]
 * Runs one operation COUNT times, divided into parts. Prints `NAME OPERATIONS NANOSECONDS` for the median part.
 * On a machine whose clock counts instructions, the nanoseconds are instructions of the kernel and of all processes.
 *   udp                send 35 bytes and receive them
 *   udp-flows 'N [M]'  the same, over N pairs of sockets in turn, while M other processes hold N pairs each
 *   tcp                a request and a response of 35 bytes
 *   bulk               send 64 KiB in one call, and receive them
 *   sendfile           send 64 KiB of a file, and receive them
 *   epoll              35 bytes over one of 100 connections, found by epoll
 *   exec               fork, exec, exit, wait
 *   http PORT          a GET on a connection that stays open
 *   crowd              no operation: start COUNT processes that send a message and wait, until stdin ends
 */
#define _GNU_SOURCE
#include "../test/programs/witness.h"
#include "population.h"

#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <time.h>

#define BULK 65536
#define CONNECTIONS 100

static char buffer[BULK];
static int ends[2], source, epoll, connections[CONNECTIONS][2];
static int (*pairs)[2];
static unsigned pair_count, turn;
static const char* self;

static void all(int fd, size_t size) {
  while (size) {
    long got = CHECK(recv(fd, buffer, size, 0));

    if (!got)
      errx(1, "the connection ended");
    size -= got;
  }
}

static void udp(void) {
  CHECK(send(ends[0], buffer, MESSAGE, 0));
  CHECK(recv(ends[1], buffer, sizeof(buffer), 0));
}

static void udp_flows(void) {
  int* pair = pairs[turn++ % pair_count];

  CHECK(send(pair[0], buffer, MESSAGE, 0));
  CHECK(recv(pair[1], buffer, sizeof(buffer), 0));
}

static void tcp(void) {
  CHECK(send(ends[0], buffer, MESSAGE, 0));
  all(ends[1], MESSAGE);
  CHECK(send(ends[1], buffer, MESSAGE, 0));
  all(ends[0], MESSAGE);
}

static void bulk(void) {
  CHECK(send(ends[0], buffer, BULK, 0));
  all(ends[1], BULK);
}

static void send_file(void) {
  off_t offset = 0;

  CHECK(sendfile(ends[0], source, &offset, BULK));
  all(ends[1], BULK);
}

static void one_of_many(void) {
  struct epoll_event event;

  CHECK(send(connections[turn++ % CONNECTIONS][0], buffer, MESSAGE, 0));
  CHECK(epoll_wait(epoll, &event, 1, -1));
  all(event.data.fd, MESSAGE);
}

static void execute(void) {
  pid_t child = CHECK(fork());

  if (!child) {
    execl(self, self, "leaf", "0", NULL);
    _exit(127);
  }
  await_child(child, 0);
}

/* Enough of an HTTP client for our Node.js server: its answers are short and have a Content-Length. */
static void http(void) {
  static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  size_t have = 0;
  char* body;

  CHECK(send(ends[0], request, sizeof(request) - 1, 0));
  for (;;) {
    long got = CHECK(recv(ends[0], buffer + have, sizeof(buffer) - 1 - have, 0));

    if (!got)
      errx(1, "the server closed the connection");
    have += got;
    buffer[have] = '\0';
    body = strstr(buffer, "\r\n\r\n");
    if (body) {
      const char* length = strcasestr(buffer, "content-length: ");

      if (!length)
        errx(1, "no length in %s", buffer);
      if (have >= (size_t)(body + 4 - buffer) + strtoul(length + 16, NULL, 10))
        return;
    }
  }
}

static void prepare_udp(const char* unused) {
  (void)unused;
  datagrams(INADDR_LOOPBACK, FIRST_PORT, ends);
}

static void prepare_flows(const char* argument) {
  unsigned holders = 0;

  sscanf(argument, "%u %u", &pair_count, &holders);
  pairs = many_pairs(pair_count, holders);
}

static void prepare_tcp(const char* unused) {
  (void)unused;
  connection(FIRST_PORT, ends);
}

static void prepare_file(const char* unused) {
  prepare_tcp(unused);
  source = CHECK(memfd_create("source", 0));
  CHECK(write(source, buffer, BULK));
}

static void prepare_connections(const char* unused) {
  (void)unused;
  epoll = CHECK(epoll_create1(0));
  for (int i = 0; i < CONNECTIONS; i++) {
    struct epoll_event event = {.events = EPOLLIN};

    connection(FIRST_PORT + 2 * i, connections[i]);
    event.data.fd = connections[i][1];
    CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, connections[i][1], &event));
  }
}

static void prepare_http(const char* argument) {
  struct sockaddr_storage address;
  socklen_t size = loopback(AF_INET, &address);

  ((struct sockaddr_in*)&address)->sin_port = htons(atoi(argument));
  ends[0] = CHECK(socket(AF_INET, SOCK_STREAM, 0));
  CHECK(connect(ends[0], (struct sockaddr*)&address, size));
}

static void nothing(const char* unused) {
  (void)unused;
}

static const struct workload {
  const char* name;
  void (*prepare)(const char* argument);
  void (*operation)(void);
} workloads[] = {
    {"udp", prepare_udp, udp},
    {"udp-flows", prepare_flows, udp_flows},
    {"tcp", prepare_tcp, tcp},
    {"bulk", prepare_tcp, bulk},
    {"sendfile", prepare_file, send_file},
    {"epoll", prepare_connections, one_of_many},
    {"exec", nothing, execute},
    {"http", prepare_http, http},
};

static long long now(void) {
  struct timespec time;

  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int by_size(const void* a, const void* b) {
  long long x = *(const long long*)a, y = *(const long long*)b;

  return (x > y) - (x < y);
}

/* The result is the median of the parts: occasional work of the system falls into few of them. */
#define PARTS 21
#define MOST_PARTS 1000
/* Operations until caches, queues and windows have reached their final state. */
#define WARM_UP 500
/* Parts with small operations are so short that most of them end before the next tick of the clock. */
#define SMALL 100000
#define BEFORE_TICK 500000

static long long time_of(const struct workload* workload, unsigned count) {
  long long from = now();

  for (unsigned i = 0; i < count; i++)
    workload->operation();
  return now() - from;
}

static void measure(const struct workload* workload, unsigned count, const char* argument) {
  unsigned warm_up = count < WARM_UP ? count : WARM_UP;
  unsigned part = count / PARTS ? count / PARTS : 1, parts = PARTS;
  static long long took[MOST_PARTS];
  long long one;

  workload->prepare(argument);
  one = time_of(workload, warm_up + pair_count) / (warm_up + pair_count);
  if (one < SMALL && part > BEFORE_TICK / one) {
    part = BEFORE_TICK / one;
    parts = count / part < MOST_PARTS ? count / part : MOST_PARTS;
  }
  for (unsigned i = 0; i < parts; i++)
    took[i] = time_of(workload, part);
  qsort(took, parts, sizeof(*took), by_size);
  printf("%s %u %lld\n", workload->name, part, took[parts / 2]);
}

int main(int argc, char** argv) {
  self = argv[0];
  if (argc > 1 && !strcmp(argv[1], "leaf"))
    return 0;
  if (argc < 3)
    errx(2, "usage: workloads.out NAME COUNT [ARGUMENT]");
  if (!strcmp(argv[1], "crowd"))
    crowd(atoi(argv[2]));
  for (unsigned i = 0; i < sizeof(workloads) / sizeof(*workloads); i++) {
    if (!strcmp(workloads[i].name, argv[1])) {
      measure(&workloads[i], atoi(argv[2]), argc > 3 ? argv[3] : "");
      return 0;
    }
  }
  errx(2, "no workload %s", argv[1]);
}
