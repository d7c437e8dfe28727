// SPDX-License-Identifier: MIT
/*
 * Prints the flows that the program expects, from the names of its own sockets: for each one a line
 * `flow ENGINE TRANSPORT FAMILY NETNS LOCAL PORT REMOTE PORT SCOPE RX MESSAGES TX MESSAGES`,
 * in which ENGINE is `any`, or the only engine that shows this flow.
 */
#define _GNU_SOURCE
#include "../ring.h"
#include "../witness.h"

#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <sched.h>
#include <sys/stat.h>

static char data[5000];
static char buffer[5000];

struct counts {
  unsigned int rx, rx_messages, tx, tx_messages;
};

static unsigned long network_namespace(void) {
  struct stat status;

  CHECK(stat("/proc/self/ns/net", &status));
  return status.st_ino;
}

/* `ADDRESS PORT`; `- PORT` of any address. */
static void say_end(const struct sockaddr_storage* end) {
  const struct sockaddr_in* v4 = (const struct sockaddr_in*)end;
  const struct sockaddr_in6* v6 = (const struct sockaddr_in6*)end;
  char text[INET6_ADDRSTRLEN];
  bool any;

  if (end->ss_family == AF_INET) {
    inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
    any = v4->sin_addr.s_addr == INADDR_ANY;
  } else if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
    inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], text, sizeof(text));
    any = false;
  } else {
    inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
    any = IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr);
  }
  printf(" %s %d", any ? "-" : text, ntohs(v4->sin_port));
}

static const char* family_of(const struct sockaddr_storage* end) {
  const struct sockaddr_in6* v6 = (const struct sockaddr_in6*)end;

  return end->ss_family == AF_INET6 && !IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr) ? "inet6" : "inet";
}

/* @remote: NULL if nobody can know it. */
static void say(const char* engine, const char* transport, unsigned long netns, int fd,
                const struct sockaddr_storage* remote, const char* scope, struct counts counts) {
  struct sockaddr_storage local;
  socklen_t size = sizeof(local);

  CHECK(getsockname(fd, (struct sockaddr*)&local, &size));
  printf("flow %s %s %s %lu", engine, transport, family_of(&local), netns);
  say_end(&local);
  if (remote)
    say_end(remote);
  else
    printf(" - -");
  printf(" %s %u %u %u %u\n", scope, counts.rx, counts.rx_messages, counts.tx, counts.tx_messages);
}

/* Of a connected socket. */
static void say_connected(const char* transport, unsigned long netns, int fd, const char* scope, struct counts counts) {
  struct sockaddr_storage remote;
  socklen_t size = sizeof(remote);

  CHECK(getpeername(fd, (struct sockaddr*)&remote, &size));
  say("any", transport, netns, fd, &remote, scope, counts);
}

static void converse(const char* transport, int ends[2], unsigned long netns) {
  for (int i = 0; i < 3; i++) {
    CHECK(send(ends[0], data, 1000, 0));
    CHECK(recv(ends[1], buffer, 1000, MSG_WAITALL));
  }
  CHECK(write(ends[1], data, 70));
  CHECK(read(ends[0], buffer, sizeof(buffer)));
  say_connected(transport, netns, ends[0], "loopback", (struct counts){70, 1, 3000, 3});
  say_connected(transport, netns, ends[1], "loopback", (struct counts){3000, 3, 70, 1});
}

static void connections(void) {
  static const int families[] = {AF_INET, AF_INET6};
  int ends[2];

  for (int i = 0; i < 2; i++) {
    stream_pair(families[i], 0, ends);
    converse("tcp", ends, network_namespace());
    datagram_pair(families[i], ends);
    converse("udp", ends, network_namespace());
  }
}

/* A connected socket is one of IPv4 if that is what its peer is. */
static void mapped(void) {
  struct sockaddr_in6 address = {.sin6_family = AF_INET6};
  socklen_t size = sizeof(address);
  int listener = CHECK(socket(AF_INET6, SOCK_STREAM, 0));
  int ends[2];

  CHECK(inet_pton(AF_INET6, "::ffff:127.0.0.1", &address.sin6_addr));
  CHECK(bind(listener, (struct sockaddr*)&address, size));
  CHECK(listen(listener, 1));
  CHECK(getsockname(listener, (struct sockaddr*)&address, &size));
  ends[0] = CHECK(socket(AF_INET6, SOCK_STREAM, 0));
  CHECK(connect(ends[0], (struct sockaddr*)&address, size));
  ends[1] = CHECK(accept(listener, NULL, NULL));
  converse("tcp", ends, network_namespace());
}

/* Who is named in the call is known to the engine that sees the call. */
static void unconnected(void) {
  struct sockaddr_storage to, from;
  socklen_t size = loopback(AF_INET, &to);
  unsigned long netns = network_namespace();
  int receiver = CHECK(socket(AF_INET, SOCK_DGRAM, 0));
  int sender = CHECK(socket(AF_INET, SOCK_DGRAM, 0));

  CHECK(bind(receiver, (struct sockaddr*)&to, size));
  CHECK(getsockname(receiver, (struct sockaddr*)&to, &size));
  CHECK(bind(sender, (struct sockaddr*)&(struct sockaddr_in){.sin_family = AF_INET}, sizeof(struct sockaddr_in)));
  for (int i = 0; i < 2; i++)
    CHECK(sendto(sender, data, 100, 0, (struct sockaddr*)&to, size));
  size = sizeof(from);
  CHECK(recvfrom(receiver, buffer, sizeof(buffer), 0, (struct sockaddr*)&from, &size));
  CHECK(recv(receiver, buffer, sizeof(buffer), 0));
  say("redirect", "udp", netns, sender, &to, "loopback", (struct counts){0, 0, 200, 2});
  say("redirect", "udp", netns, receiver, &from, "loopback", (struct counts){100, 1, 0, 0});
  say("redirect", "udp", netns, receiver, NULL, "-", (struct counts){100, 1, 0, 0});
  say("tracepoint", "udp", netns, sender, NULL, "-", (struct counts){0, 0, 200, 2});
  say("tracepoint", "udp", netns, receiver, NULL, "-", (struct counts){200, 2, 0, 0});
}

/* A connected socket that names somebody else in a call. */
static void elsewhere(void) {
  struct sockaddr_storage other;
  socklen_t size = loopback(AF_INET, &other);
  unsigned long netns = network_namespace();
  int third = CHECK(socket(AF_INET, SOCK_DGRAM, 0));
  int ends[2];

  CHECK(bind(third, (struct sockaddr*)&other, size));
  CHECK(getsockname(third, (struct sockaddr*)&other, &size));
  datagram_pair(AF_INET, ends);
  CHECK(send(ends[0], data, 30, 0));
  CHECK(sendto(ends[0], data, 200, 0, (struct sockaddr*)&other, size));
  say_connected("udp", netns, ends[0], "loopback", (struct counts){0, 0, 30, 1});
  say("redirect", "udp", netns, ends[0], &other, "loopback", (struct counts){0, 0, 200, 1});
  say("tracepoint", "udp", netns, ends[0], NULL, "-", (struct counts){0, 0, 200, 1});
}

/* The same by io_uring, which sends at the end of a write() that has nothing to do with it. */
static void elsewhere_later(void) {
  struct sockaddr_storage other;
  socklen_t size = loopback(AF_INET, &other);
  unsigned long netns = network_namespace();
  struct iovec part = {data, 200};
  struct msghdr message = {.msg_name = &other, .msg_namelen = size, .msg_iov = &part, .msg_iovlen = 1};
  int third = CHECK(socket(AF_INET, SOCK_DGRAM, 0));
  struct io_uring_sqe first, then;
  int ends[2], local[2];

  CHECK(bind(third, (struct sockaddr*)&other, size));
  CHECK(getsockname(third, (struct sockaddr*)&other, &size));
  datagram_pair(AF_INET, ends);
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, local));
  CHECK(send(ends[0], data, 30, 0));
  open_ring(0);
  first = request(IORING_OP_RECV, local[1], buffer, 1);
  first.flags = IOSQE_IO_LINK;
  then = request(IORING_OP_SENDMSG, ends[0], &message, 1);
  queue(first);
  queue(then);
  submit_queued(2);
  CHECK(write(local[0], "x", 1));
  EXPECT(1, complete());
  EXPECT(200, complete());
  say_connected("udp", netns, ends[0], "loopback", (struct counts){0, 0, 30, 1});
  say("redirect", "udp", netns, ends[0], &other, "loopback", (struct counts){0, 0, 200, 1});
  say("tracepoint", "udp", netns, ends[0], NULL, "-", (struct counts){0, 0, 200, 1});
}

/* Each address of the environment's PEERS, `ADDRESS=SCOPE` by spaces; nobody has to be there. */
static void scopes(void) {
  char* peers = getenv("PEERS");

  for (char* peer = strtok(peers, " "); peer; peer = strtok(NULL, " ")) {
    struct sockaddr_storage address = {};
    char* scope = strchr(peer, '=');
    int family = strchr(peer, ':') ? AF_INET6 : AF_INET;
    struct sockaddr_in6* v6 = (struct sockaddr_in6*)&address;
    struct sockaddr_in* v4 = (struct sockaddr_in*)&address;
    int fd = CHECK(socket(family, SOCK_DGRAM, 0));

    *scope++ = 0;
    address.ss_family = family;
    v4->sin_port = htons(9);
    if (inet_pton(family, peer, family == AF_INET ? (void*)&v4->sin_addr : (void*)&v6->sin6_addr) != 1)
      errx(1, "no address: %s", peer);
    CHECK(connect(fd, (struct sockaddr*)&address, family == AF_INET ? sizeof(*v4) : sizeof(*v6)));
    CHECK(send(fd, data, 111, 0));
    say_connected("udp", network_namespace(), fd, scope, (struct counts){0, 0, 111, 1});
  }
}

/* The namespace of a flow is its socket's, wherever the process is meanwhile. */
static void namespaces(void) {
  unsigned long first = network_namespace();
  int ends[2];

  stream_pair(AF_INET, 0, ends);
  CHECK(unshare(CLONE_NEWNET));
  if (first == network_namespace())
    errx(1, "the namespace is the same");
  converse("tcp", ends, first);
  CHECK(system("ip link set lo up"));
  stream_pair(AF_INET, 0, ends);
  converse("tcp", ends, network_namespace());
}

/* A CID and a port; what is not bound has neither. */
static void say_vsock(int fd, bool peer) {
  struct sockaddr_vm end;
  socklen_t size = sizeof(end);

  CHECK((peer ? getpeername : getsockname)(fd, (struct sockaddr*)&end, &size));
  if (end.svm_cid == VMADDR_CID_ANY)
    printf(" -");
  else
    printf(" %u", end.svm_cid);
  printf(" %u", end.svm_port);
}

/* Sockets of AF_UNIX and AF_PACKET have no ends that a flow could name. */
static void local_families(void) {
  struct sockaddr_vm address = {.svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_LOCAL, .svm_port = VMADDR_PORT_ANY};
  struct sockaddr_ll link = {
      .sll_family = AF_PACKET, .sll_protocol = htons(0x88b5), .sll_ifindex = if_nametoindex("lo"), .sll_halen = 6};
  unsigned long netns = network_namespace();
  socklen_t size = sizeof(address);
  int listener = CHECK(socket(AF_VSOCK, SOCK_STREAM, 0));
  int tap = CHECK(socket(AF_PACKET, SOCK_DGRAM, 0));
  int ends[2];

  CHECK(bind(listener, (struct sockaddr*)&address, size));
  CHECK(listen(listener, 1));
  CHECK(getsockname(listener, (struct sockaddr*)&address, &size));
  ends[0] = CHECK(socket(AF_VSOCK, SOCK_STREAM, 0));
  CHECK(connect(ends[0], (struct sockaddr*)&address, size));
  ends[1] = CHECK(accept(listener, NULL, NULL));
  CHECK(send(ends[0], data, 1000, 0));
  CHECK(recv(ends[1], buffer, 1000, MSG_WAITALL));
  for (int i = 0; i < 2; i++) {
    printf("flow any vsock vsock %lu", netns);
    say_vsock(ends[i], false);
    say_vsock(ends[i], true);
    printf(" - %s\n", i ? "1000 1 0 0" : "0 0 1000 1");
  }
  for (int i = 0; i < 2; i++) {
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    CHECK(send(ends[0], data, 300, 0));
    CHECK(recv(ends[1], buffer, 300, MSG_WAITALL));
  }
  printf("flow any unix unix %lu - - - - loopback 600 2 600 2\n", netns);
  CHECK(sendto(tap, data, 100, 0, (struct sockaddr*)&link, sizeof(link)));
  printf("flow any packet packet %lu - - - - - 0 0 100 1\n", netns);
}

int main(int argc, char** argv) {
  static const struct scenario scenarios[] = {{"connections", connections},
                                              {"mapped", mapped},
                                              {"unconnected", unconnected},
                                              {"elsewhere", elsewhere},
                                              {"elsewhere-later", elsewhere_later},
                                              {"scopes", scopes},
                                              {"namespaces", namespaces},
                                              {"local-families", local_families},
                                              {}};

  return run_scenario(scenarios, argc, argv);
}
