// SPDX-License-Identifier: MIT
/* Datagrams, raw sockets, and the families that are not the network. */
#define _GNU_SOURCE
#include "../witness.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sys/uio.h>
#include <sys/un.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

static char data[65536];
static char buffer[65536];

static void plain(int family) {
  struct sockaddr_storage address;
  socklen_t size = sizeof(address);
  int ends[2];

  datagram_pair(family, ends);
  SENT(UDP, send(ends[0], data, 1400, 0));
  RECEIVED(UDP, recv(ends[1], buffer, sizeof(buffer), 0));
  SENT(UDP, write(ends[1], data, 35));
  RECEIVED(UDP, read(ends[0], buffer, sizeof(buffer)));
  CHECK(getsockname(ends[1], (struct sockaddr*)&address, &size));
  SENT(UDP, sendto(ends[0], data, 60000, 0, (struct sockaddr*)&address, size));
  RECEIVED(UDP, recvfrom(ends[1], buffer, sizeof(buffer), 0, NULL, NULL));
  FAILS(EMSGSIZE, send(ends[0], data, 65536, 0));
}

static void ipv4(void) {
  plain(AF_INET);
}

static void ipv6(void) {
  plain(AF_INET6);
}

/* One message, no bytes; and a receive after shutdown is none. */
static void empty(void) {
  int ends[2];

  datagram_pair(AF_INET, ends);
  EXPECT(0, SENT(UDP, send(ends[0], NULL, 0, 0)));
  EXPECT(0, RECEIVED(UDP, recv(ends[1], buffer, 10, 0)));
  CHECK(shutdown(ends[1], SHUT_RD));
  EXPECT(0, recv(ends[1], buffer, 10, 0));
}

/* What the call returned: with MSG_TRUNC that is the datagram's size. */
static void truncated(void) {
  int ends[2];

  datagram_pair(AF_INET, ends);
  for (int i = 0; i < 2; i++)
    SENT(UDP, send(ends[0], data, 1000, 0));
  EXPECT(10, RECEIVED(UDP, recv(ends[1], buffer, 10, 0)));
  EXPECT(1000, RECEIVED(UDP, recv(ends[1], buffer, 10, MSG_TRUNC)));
}

static void peek(void) {
  int ends[2];

  datagram_pair(AF_INET, ends);
  FAILS(EAGAIN, recv(ends[1], buffer, 10, MSG_DONTWAIT));
  SENT(UDP, send(ends[0], data, 77, 0));
  EXPECT(77, recv(ends[1], buffer, 100, MSG_PEEK));
  EXPECT(77, recv(ends[1], NULL, 0, MSG_PEEK | MSG_TRUNC));
  RECEIVED(UDP, recv(ends[1], buffer, 100, 0));
}

/* The kernel hands back what could not be delivered: no new transfer. */
static void error_queue(void) {
  struct sockaddr_storage address;
  socklen_t size = sizeof(address);
  struct pollfd ready = {.events = 0};
  char control[512];
  struct iovec part = {buffer, sizeof(buffer)};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
  int ends[2], on = 1;

  datagram_pair(AF_INET, ends);
  CHECK(getsockname(ends[1], (struct sockaddr*)&address, &size));
  close(ends[1]);
  CHECK(setsockopt(ends[0], SOL_IP, IP_RECVERR, &on, sizeof(on)));
  SENT(UDP, send(ends[0], data, 88, 0));
  ready.fd = ends[0];
  CHECK(poll(&ready, 1, 5000));
  EXPECT(88, recvmsg(ends[0], &message, MSG_ERRQUEUE));
  FAILS(EAGAIN, recv(ends[0], buffer, 10, MSG_DONTWAIT));
}

static void mmsg(void) {
  struct iovec parts[3] = {{data, 1}, {data, 22}, {data, 333}};
  struct mmsghdr messages[3];
  int ends[2];

  datagram_pair(AF_INET6, ends);
  for (int i = 0; i < 3; i++)
    messages[i] = (struct mmsghdr){
        .msg_hdr = {.msg_iov = &parts[i], .msg_iovlen = 1},
    };
  EXPECT(3, sendmmsg(ends[0], messages, 3, 0));
  for (int i = 0; i < 3; i++)
    SENT(UDP, messages[i].msg_len);
  EXPECT(3, recvmmsg(ends[1], messages, 3, 0, NULL));
  for (int i = 0; i < 3; i++)
    RECEIVED(UDP, messages[i].msg_len);
}

/* One call is one message, though the kernel cuts it into datagrams. */
static void segments(void) {
  int ends[2], size = 1000;

  datagram_pair(AF_INET, ends);
  CHECK(setsockopt(ends[0], SOL_UDP, UDP_SEGMENT, &size, sizeof(size)));
  SENT(UDP, send(ends[0], data, 10000, 0));
  for (int i = 0; i < 10; i++)
    RECEIVED(UDP, recv(ends[1], buffer, sizeof(buffer), 0));
}

/* Without a splice_read of its own UDP is read by recvmsg from within. */
static void splice_both(void) {
  int ends[2], pipe_ends[2];

  datagram_pair(AF_INET, ends);
  CHECK(pipe(pipe_ends));
  EXPECT(500, write(pipe_ends[1], data, 500));
  SENT_BYTES(UDP, splice(pipe_ends[0], NULL, ends[0], NULL, 500, 0));
  RECEIVED_BYTES(UDP, splice(ends[1], NULL, pipe_ends[1], NULL, 500, 0));
}

static void raw4(void) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct icmphdr echo = {.type = ICMP_ECHO, .checksum = 0xfff7};
  int raw = CHECK(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));

  SENT(OTHER, sendto(raw, &echo, sizeof(echo), 0, (struct sockaddr*)&to, sizeof(to)));
  /* Its own request and the answer, each with the IP header. */
  for (int i = 0; i < 2; i++)
    RECEIVED(OTHER, recv(raw, buffer, sizeof(buffer), 0));
}

static void raw6(void) {
  struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
  struct icmp6_hdr echo = {.icmp6_type = ICMP6_ECHO_REQUEST};
  int raw = CHECK(socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6));

  SENT(OTHER, sendto(raw, &echo, sizeof(echo), 0, (struct sockaddr*)&to, sizeof(to)));
  for (int i = 0; i < 2; i++)
    RECEIVED(OTHER, recv(raw, buffer, sizeof(buffer), 0));
}

/* The number is that of IPPROTO_SMC too, whose sockets are streams. */
static void raw_256(void) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct iphdr packet[5] = {{.version = 4, .ihl = 5, .ttl = 1, .protocol = 253, .daddr = to.sin_addr.s_addr}};
  int raw = CHECK(socket(AF_INET, SOCK_RAW, 256)), on = 1;

  CHECK(setsockopt(raw, SOL_IP, IP_HDRINCL, &on, sizeof(on)));
  EXPECT(sizeof(packet), SENT(OTHER, sendto(raw, packet, sizeof(packet), 0, (struct sockaddr*)&to, sizeof(to))));
}

/* Of a stream, of datagrams, spliced, with a descriptor: not the network. */
static void unix_sockets(void) {
  static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
  int ends[2], pipe_ends[2];

  for (int i = 0; i < 3; i++) {
    CHECK(socketpair(AF_UNIX, types[i], 0, ends));
    EXPECT(1000, send(ends[0], data, 1000, 0));
    EXPECT(1000, recv(ends[1], buffer, 1000, 0));
  }
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  CHECK(pipe(pipe_ends));
  EXPECT(500, write(ends[0], data, 500));
  EXPECT(500, splice(ends[1], NULL, pipe_ends[1], NULL, 500, 0));
  EXPECT(500, splice(pipe_ends[0], NULL, ends[0], NULL, 500, 0));
  EXPECT(500, read(ends[1], buffer, 1000));
}

static void netlink(void) {
  struct {
    struct nlmsghdr header;
    struct rtgenmsg body;
  } request = {
      .header = {.nlmsg_len = sizeof(request), .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
  };
  int route = CHECK(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));

  EXPECT(sizeof(request), send(route, &request, sizeof(request), 0));
  CHECK(recv(route, buffer, sizeof(buffer), 0));
}

int main(int argc, char** argv) {
  static const struct scenario scenarios[] = {
      {"ipv4", ipv4},           {"ipv6", ipv6},         {"empty", empty},
      {"truncated", truncated}, {"peek", peek},         {"error-queue", error_queue},
      {"mmsg", mmsg},           {"segments", segments}, {"splice", splice_both},
      {"raw-ipv4", raw4},       {"raw-ipv6", raw6},     {"raw-256", raw_256},
      {"unix", unix_sockets},   {"netlink", netlink},   {}};

  return run_scenario(scenarios, argc, argv);
}
