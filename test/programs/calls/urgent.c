// SPDX-License-Identifier: MIT
/* Out-of-band data: its byte is a byte, received once. */
#define _GNU_SOURCE
#include "../witness.h"

#include <poll.h>

static char data[16];
static char buffer[100];

static void await_urgent(int fd) {
  struct pollfd urgent = {.fd = fd, .events = POLLPRI};

  EXPECT(1, poll(&urgent, 1, 5000));
}

static void beside_stream(void) {
  int ends[2];

  stream_pair(AF_INET, 0, ends);
  SENT(TCP, send(ends[0], data, 10, MSG_OOB));
  await_urgent(ends[1]);
  EXPECT(1, recv(ends[1], buffer, 1, MSG_OOB | MSG_PEEK));
  EXPECT(9, RECEIVED(TCP, recv(ends[1], buffer, sizeof(buffer), 0)));
  EXPECT(1, RECEIVED(TCP, recv(ends[1], buffer, 1, MSG_OOB)));
  FAILS(EINVAL, recv(ends[1], buffer, 1, MSG_OOB));
  SENT(TCP, send(ends[0], data, 5, 0));
  EXPECT(5, RECEIVED(TCP, recv(ends[1], buffer, sizeof(buffer), 0)));
}

static void in_stream(void) {
  int ends[2], on = 1;
  long got = 0;

  stream_pair(AF_INET6, 0, ends);
  CHECK(setsockopt(ends[1], SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on)));
  SENT(TCP, send(ends[0], data, 10, MSG_OOB));
  await_urgent(ends[1]);
  FAILS(EINVAL, recv(ends[1], buffer, 1, MSG_OOB));
  while (got < 10)
    got += RECEIVED(TCP, recv(ends[1], buffer, sizeof(buffer), 0));
}

int main(int argc, char** argv) {
  static const struct scenario scenarios[] = {{"beside", beside_stream}, {"inline", in_stream}, {}};

  return run_scenario(scenarios, argc, argv);
}
