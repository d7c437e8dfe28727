// SPDX-License-Identifier: MIT
/* Datagrams that are cut, joined, addressed call by call, or sent to many. */
#define _GNU_SOURCE
#include "../witness.h"

#include <fcntl.h>
#include <net/if.h>
#include <netinet/ip_icmp.h>
#include <netinet/udp.h>

/* The kernel's; the C library does not name it. */
#define MSG_PROBE 0x10

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

static char data[65536];
static char buffer[65536];

/* What was joined on its way is received by one call, and is one message. */
static void gro(void) {
  int ends[2], size = 1000, on = 1;

  datagram_pair(AF_INET, ends);
  CHECK(setsockopt(ends[0], SOL_UDP, UDP_SEGMENT, &size, sizeof(size)));
  CHECK(setsockopt(ends[1], SOL_UDP, UDP_GRO, &on, sizeof(on)));
  SENT(UDP, send(ends[0], data, 10000, 0));
  EXPECT(10000, RECEIVED(UDP, recv(ends[1], buffer, sizeof(buffer), 0)));
}

static int bound(int family, struct sockaddr_storage* address) {
  socklen_t size = loopback(family, address);
  int fd = CHECK(socket(family, SOCK_DGRAM, 0));

  CHECK(bind(fd, (struct sockaddr*)address, size));
  CHECK(getsockname(fd, (struct sockaddr*)address, &size));
  return fd;
}

static void unconnected(int family) {
  struct sockaddr_storage address, from;
  socklen_t size = sizeof(address);
  int receiver = bound(family, &address);
  int sender = CHECK(socket(family, SOCK_DGRAM, 0));
  struct iovec part = {data, 200};
  struct msghdr message = {.msg_name = &address, .msg_namelen = sizeof(address), .msg_iov = &part, .msg_iovlen = 1};

  FAILS(EDESTADDRREQ, send(sender, data, 10, 0));
  size = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
  message.msg_namelen = size;
  SENT(UDP, sendto(sender, data, 100, 0, (struct sockaddr*)&address, size));
  SENT(UDP, sendmsg(sender, &message, 0));
  size = sizeof(from);
  RECEIVED(UDP, recvfrom(receiver, buffer, sizeof(buffer), 0, (struct sockaddr*)&from, &size));
  SENT(UDP, sendto(receiver, data, 50, 0, (struct sockaddr*)&from, size));
  RECEIVED(UDP, read(receiver, buffer, sizeof(buffer)));
  RECEIVED(UDP, recv(sender, buffer, sizeof(buffer), 0));
}

static void unconnected4(void) {
  unconnected(AF_INET);
}

static void unconnected6(void) {
  unconnected(AF_INET6);
}

/* Bytes are counted when they are taken, one datagram though they make. */
static void corked(void) {
  int ends[2];

  datagram_pair(AF_INET, ends);
  SENT(UDP, send(ends[0], data, 100, MSG_MORE));
  SENT(UDP, send(ends[0], data, 200, MSG_MORE));
  SENT(UDP, send(ends[0], data, 300, 0));
  EXPECT(600, RECEIVED(UDP, recv(ends[1], buffer, sizeof(buffer), 0)));
}

/* It asks for the way, and sends nothing. */
static void probe(void) {
  int ends[2];

  datagram_pair(AF_INET, ends);
  EXPECT(0, send(ends[0], NULL, 0, MSG_CONFIRM | MSG_PROBE));
  FAILS(EAGAIN, recv(ends[1], buffer, 10, MSG_DONTWAIT));
  EXPECT(0, SENT(UDP, send(ends[0], NULL, 0, 0)));
  EXPECT(0, RECEIVED(UDP, recv(ends[1], buffer, 10, 0)));
}

static int member(struct sockaddr_in* group) {
  struct ip_mreqn membership = {.imr_multiaddr = group->sin_addr, .imr_ifindex = if_nametoindex("lo")};
  socklen_t size = sizeof(*group);
  int fd = CHECK(socket(AF_INET, SOCK_DGRAM, 0)), on = 1;

  CHECK(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)));
  CHECK(bind(fd, (struct sockaddr*)group, size));
  CHECK(getsockname(fd, (struct sockaddr*)group, &size));
  CHECK(setsockopt(fd, SOL_IP, IP_ADD_MEMBERSHIP, &membership, sizeof(membership)));
  return fd;
}

/* Sent once, received by each of two processes. */
static void multicast(void) {
  struct sockaddr_in group = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0xefff0102)};
  struct ip_mreqn over = {.imr_ifindex = if_nametoindex("lo")};
  int receivers[2] = {member(&group), 0};
  int sender = CHECK(socket(AF_INET, SOCK_DGRAM, 0));
  pid_t child;

  receivers[1] = member(&group);
  child = fork_anew();
  if (!child) {
    for (int i = 0; i < 5; i++)
      EXPECT(100 + i, RECEIVED(UDP, recv(receivers[1], buffer, sizeof(buffer), 0)));
    end_child();
  }
  CHECK(setsockopt(sender, SOL_IP, IP_MULTICAST_IF, &over, sizeof(over)));
  for (int i = 0; i < 5; i++)
    SENT(UDP, sendto(sender, data, 100 + i, 0, (struct sockaddr*)&group, sizeof(group)));
  for (int i = 0; i < 5; i++)
    EXPECT(100 + i, RECEIVED(UDP, recv(receivers[0], buffer, sizeof(buffer), 0)));
  await_child(child, 0);
}

/* Each end is a process, and says what it moved. */
static void two_processes(void) {
  int ends[2];
  pid_t child;

  datagram_pair(AF_INET, ends);
  child = fork_anew();
  if (!child) {
    for (int i = 0; i < 20; i++) {
      RECEIVED(UDP, recv(ends[1], buffer, sizeof(buffer), 0));
      SENT(UDP, send(ends[1], data, 500 + i, 0));
    }
    end_child();
  }
  for (int i = 0; i < 20; i++) {
    SENT(UDP, send(ends[0], data, 1 + i, 0));
    EXPECT(500 + i, RECEIVED(UDP, recv(ends[0], buffer, sizeof(buffer), 0)));
  }
  await_child(child, 0);
}

static void lite(void) {
  struct sockaddr_storage address;
  socklen_t size = loopback(AF_INET, &address);
  int receiver = CHECK(socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE));
  int sender = CHECK(socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE));

  CHECK(bind(receiver, (struct sockaddr*)&address, size));
  CHECK(getsockname(receiver, (struct sockaddr*)&address, &size));
  SENT(UDP, sendto(sender, data, 321, 0, (struct sockaddr*)&address, size));
  RECEIVED(UDP, recv(receiver, buffer, sizeof(buffer), 0));
}

/* Echo requests without a raw socket: datagrams that are not UDP. */
static void ping(void) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct {
    struct icmphdr header;
    char payload[56];
  } echo = {.header = {.type = ICMP_ECHO}};
  int range = CHECK(open("/proc/sys/net/ipv4/ping_group_range", O_WRONLY));
  int fd;

  EXPECT(4, write(range, "0 0\n", 4));
  close(range);
  fd = CHECK(socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP));
  SENT(OTHER, sendto(fd, &echo, sizeof(echo), 0, (struct sockaddr*)&to, sizeof(to)));
  EXPECT(64, RECEIVED(OTHER, recv(fd, buffer, sizeof(buffer), 0)));
}

int main(int argc, char** argv) {
  static const struct scenario scenarios[] = {{"gro", gro},
                                              {"unconnected-ipv4", unconnected4},
                                              {"unconnected-ipv6", unconnected6},
                                              {"corked", corked},
                                              {"probe", probe},
                                              {"multicast", multicast},
                                              {"two-processes", two_processes},
                                              {"lite", lite},
                                              {"ping", ping},
                                              {}};

  return run_scenario(scenarios, argc, argv);
}
