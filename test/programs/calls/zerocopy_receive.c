// SPDX-License-Identifier: MIT
/* TCP_ZEROCOPY_RECEIVE: pages of the stream are mapped, what is left of it is copied or read. */
#define _GNU_SOURCE
#include "../witness.h"

#include <fcntl.h>
#include <linux/tcp.h>
#include <poll.h>
#include <stddef.h>
#include <sys/mman.h>

#define PAGE 4096
#define SIZE (16 * PAGE)

static char data[SIZE + PAGE] __attribute__((aligned(PAGE)));
static char buffer[SIZE];

/* Sent without a copy, it comes in whole pages. */
static void send_pages(int ends[2], size_t size) {
  struct pollfd ready = {.fd = ends[0]};
  int on = 1;

  CHECK(setsockopt(ends[0], SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)));
  SENT(TCP, send(ends[0], data, size, MSG_ZEROCOPY));
  EXPECT(1, poll(&ready, 1, 5000));
}

static void* window(int fd) {
  void* at = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);

  if (at == MAP_FAILED)
    err(1, "mmap");
  return at;
}

/* What one call delivers is what it has mapped and what it has copied. */
static long zerocopy(int fd, struct tcp_zerocopy_receive* request, size_t known) {
  socklen_t size = known;

  CHECK(getsockopt(fd, IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, request, &size));
  return request->length + (known > offsetof(struct tcp_zerocopy_receive, copybuf_len) ? request->copybuf_len : 0);
}

/* As the first version of the interface had it: only what can be mapped, and a hint to read the rest. */
static void mapped(void) {
  long left = SIZE, got_mapped = 0;
  int ends[2];
  void* at;

  stream_pair(AF_INET, 0, ends);
  at = window(ends[1]);
  send_pages(ends, SIZE);
  while (left) {
    struct tcp_zerocopy_receive request = {.address = (unsigned long)at, .length = SIZE};
    long got = zerocopy(ends[1], &request, offsetof(struct tcp_zerocopy_receive, inq));

    if (got) {
      got_mapped += got;
      left -= RECEIVED(TCP, got);
    } else {
      left -= RECEIVED(TCP, recv(ends[1], buffer, request.recv_skip_hint ?: SIZE, 0));
    }
  }
  if (!got_mapped)
    errx(1, "nothing was mapped");
}

/* What is no whole page is copied by the same call. */
static void copied(void) {
  long left = SIZE + 100, got_copied = 0;
  int ends[2];
  void* at;

  stream_pair(AF_INET6, 0, ends);
  at = window(ends[1]);
  SENT(TCP, send(ends[0], data, 100, 0));
  send_pages(ends, SIZE);
  while (left) {
    struct tcp_zerocopy_receive request = {.address = (unsigned long)at,
                                           .length = SIZE,
                                           .copybuf_address = (unsigned long)buffer,
                                           .copybuf_len = sizeof(buffer)};
    long got = zerocopy(ends[1], &request, sizeof(request));

    got_copied += request.copybuf_len;
    if (got)
      left -= RECEIVED(TCP, got);
    else
      left -= RECEIVED(TCP, recv(ends[1], buffer, request.recv_skip_hint ?: SIZE, 0));
  }
  if (!got_copied)
    errx(1, "nothing was copied");
}

/* Nothing there, no address, a listener: nothing is delivered, and nothing counts. */
static void failing(void) {
  struct tcp_zerocopy_receive request = {.length = SIZE};
  socklen_t size = sizeof(request), small = 4;
  int ends[2];

  stream_pair(AF_INET, 0, ends);
  EXPECT(-1, getsockopt(ends[1], IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, &request, &small));
  request.address = 1;
  FAILS(EINVAL, getsockopt(ends[1], IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, &request, &size));
  request = (struct tcp_zerocopy_receive){.address = (unsigned long)window(ends[1]), .length = SIZE};
  EXPECT(0, zerocopy(ends[1], &request, sizeof(request)));
  size = sizeof(int);
  CHECK(getsockopt(ends[1], IPPROTO_TCP, TCP_MAXSEG, &(int){0}, &size));
}

int main(int argc, char** argv) {
  static const struct scenario scenarios[] = {{"mapped", mapped}, {"copied", copied}, {"failing", failing}, {}};

  return run_scenario(scenarios, argc, argv);
}
