// SPDX-License-Identifier: MIT
/* IPv4 through sockets of IPv6. */
#define _GNU_SOURCE
#include "../witness.h"

#include <netinet/tcp.h>

static char data[10000];
static char buffer[10000];

static struct sockaddr_in6 mapped(void) {
  struct sockaddr_in6 address = {.sin6_family = AF_INET6};

  CHECK(inet_pton(AF_INET6, "::ffff:127.0.0.1", &address.sin6_addr));
  return address;
}

static void connected(int ends[2]) {
  struct sockaddr_in6 address = mapped();
  socklen_t size = sizeof(address);
  int listener = CHECK(socket(AF_INET6, SOCK_STREAM, 0));

  CHECK(bind(listener, (struct sockaddr*)&address, size));
  CHECK(listen(listener, 1));
  CHECK(getsockname(listener, (struct sockaddr*)&address, &size));
  ends[0] = CHECK(socket(AF_INET6, SOCK_STREAM, 0));
  CHECK(connect(ends[0], (struct sockaddr*)&address, size));
  ends[1] = CHECK(accept(listener, NULL, NULL));
  close(listener);
}

static void stream(void) {
  int ends[2];

  connected(ends);
  SENT(TCP, send(ends[0], data, 1500, 0));
  receive_all(TCP, ends[1], 1500);
  SENT(TCP, write(ends[1], data, 700));
  receive_all(TCP, ends[0], 700);
}

static void datagrams(void) {
  struct sockaddr_in6 address = mapped();
  struct sockaddr_in plain;
  socklen_t size = sizeof(address);
  int receiver = CHECK(socket(AF_INET6, SOCK_DGRAM, 0));
  int sender = CHECK(socket(AF_INET6, SOCK_DGRAM, 0));
  int other = CHECK(socket(AF_INET, SOCK_DGRAM, 0));

  CHECK(bind(receiver, (struct sockaddr*)&address, size));
  CHECK(getsockname(receiver, (struct sockaddr*)&address, &size));
  SENT(UDP, sendto(sender, data, 110, 0, (struct sockaddr*)&address, size));
  RECEIVED(UDP, recv(receiver, buffer, sizeof(buffer), 0));
  CHECK(connect(sender, (struct sockaddr*)&address, size));
  SENT(UDP, send(sender, data, 120, 0));
  RECEIVED(UDP, recv(receiver, buffer, sizeof(buffer), 0));
  plain = (struct sockaddr_in){
      .sin_family = AF_INET, .sin_port = address.sin6_port, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  SENT(UDP, sendto(other, data, 130, 0, (struct sockaddr*)&plain, sizeof(plain)));
  RECEIVED(UDP, recv(receiver, buffer, sizeof(buffer), 0));
}

/* The socket becomes one of IPv4 in the middle of its life. */
static void become_ipv4(void) {
  int ends[2], family = AF_INET;

  connected(ends);
  SENT(TCP, send(ends[0], data, 10, 0));
  receive_all(TCP, ends[1], 10);
  for (int i = 0; i < 2; i++)
    CHECK(setsockopt(ends[i], SOL_IPV6, IPV6_ADDRFORM, &family, sizeof(family)));
  SENT(TCP, send(ends[0], data, 20, 0));
  receive_all(TCP, ends[1], 20);
}

int main(int argc, char** argv) {
  static const struct scenario scenarios[] = {
      {"stream", stream}, {"datagrams", datagrams}, {"become-ipv4", become_ipv4}, {}};

  return run_scenario(scenarios, argc, argv);
}
