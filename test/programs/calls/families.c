// SPDX-License-Identifier: MIT
/* The families that are counted only if families= names them. */
#define _GNU_SOURCE
#include "../witness.h"

#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/vm_sockets.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/un.h>

/* For experiments; nothing else sends it. */
#define PROTOCOL 0x88b5

static char data[65536];
static char buffer[65536];

/* ---- unix ---------------------------------------------------------------- */

static void unix_stream(void) {
  struct iovec parts[2] = {{data, 30}, {data, 40}};
  struct msghdr out = {.msg_iov = parts, .msg_iovlen = 2};
  int ends[2];

  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  SENT(UNIX, send(ends[0], data, 1000, 0));
  EXPECT(10, recv(ends[1], buffer, 10, MSG_PEEK));
  receive_all(UNIX, ends[1], 1000);
  SENT(UNIX, write(ends[1], data, 50));
  RECEIVED(UNIX, read(ends[0], buffer, sizeof(buffer)));
  SENT(UNIX, sendmsg(ends[0], &out, 0));
  EXPECT(70, RECEIVED(UNIX, recv(ends[1], buffer, 70, MSG_WAITALL)));
  FAILS(EAGAIN, recv(ends[1], buffer, 10, MSG_DONTWAIT));
  close(ends[0]);
  EXPECT(0, recv(ends[1], buffer, 10, 0));
  FAILS(EPIPE, send(ends[1], data, 10, MSG_NOSIGNAL));
}

static void unix_datagrams(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  socklen_t size = sizeof(sa_family_t);
  int ends[2], named = CHECK(socket(AF_UNIX, SOCK_DGRAM, 0));

  CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends));
  SENT(UNIX, send(ends[0], data, 1000, 0));
  EXPECT(10, RECEIVED(UNIX, recv(ends[1], buffer, 10, 0)));
  SENT(UNIX, send(ends[0], data, 1000, 0));
  EXPECT(1000, RECEIVED(UNIX, recv(ends[1], buffer, 10, MSG_TRUNC)));
  SENT(UNIX, send(ends[0], NULL, 0, 0));
  EXPECT(0, RECEIVED(UNIX, recv(ends[1], buffer, 10, 0)));
  /* A name of the kernel's choice. */
  CHECK(bind(named, (struct sockaddr*)&address, size));
  size = sizeof(address);
  CHECK(getsockname(named, (struct sockaddr*)&address, &size));
  SENT(UNIX, sendto(CHECK(socket(AF_UNIX, SOCK_DGRAM, 0)), data, 300, 0, (struct sockaddr*)&address, size));
  RECEIVED(UNIX, recvfrom(named, buffer, sizeof(buffer), 0, NULL, NULL));
}

static void unix_packets(void) {
  int ends[2];

  CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends));
  for (int i = 1; i < 4; i++)
    SENT(UNIX, send(ends[0], data, 100 * i, 0));
  for (int i = 1; i < 4; i++)
    EXPECT(100 * i, RECEIVED(UNIX, recv(ends[1], buffer, sizeof(buffer), 0)));
  close(ends[0]);
  EXPECT(0, recv(ends[1], buffer, 10, 0));
}

static void unix_splice(void) {
  static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
  int ends[2], pipe_ends[2];

  CHECK(pipe(pipe_ends));
  for (int i = 0; i < 3; i++) {
    CHECK(socketpair(AF_UNIX, types[i], 0, ends));
    SENT(UNIX, send(ends[0], data, 500, 0));
    EXPECT(500, RECEIVED_BYTES(UNIX, splice(ends[1], NULL, pipe_ends[1], NULL, 500, 0)));
    EXPECT(500, SENT_BYTES(UNIX, splice(pipe_ends[0], NULL, ends[0], NULL, 500, 0)));
    RECEIVED(UNIX, recv(ends[1], buffer, sizeof(buffer), 0));
  }
}

static void unix_sendfile(void) {
  int file = CHECK(memfd_create("data", 0));
  int ends[2];

  CHECK(ftruncate(file, 10000));
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  EXPECT(10000, SENT_BYTES(UNIX, sendfile(ends[0], file, NULL, 10000)));
  receive_all(UNIX, ends[1], 10000);
}

static void unix_urgent(void) {
  int ends[2];

  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  SENT(UNIX, send(ends[0], data, 10, MSG_OOB));
  EXPECT(1, RECEIVED(UNIX, recv(ends[1], buffer, 1, MSG_OOB)));
  EXPECT(9, RECEIVED(UNIX, recv(ends[1], buffer, sizeof(buffer), 0)));
}

/* The byte that a descriptor travels with is one; the descriptor is none. */
static void unix_rights(void) {
  char control[CMSG_SPACE(sizeof(int))] = {};
  struct iovec part = {data, 1};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
  struct cmsghdr* header = CMSG_FIRSTHDR(&message);
  int channel[2], ends[2], passed;
  pid_t child;

  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
  child = fork_anew();
  if (!child) {
    EXPECT(1, RECEIVED(UNIX, recvmsg(channel[1], &message, 0)));
    memcpy(&passed, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
    SENT(UNIX, send(passed, data, 44, 0));
    end_child();
  }
  CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends));
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(header), &ends[0], sizeof(int));
  EXPECT(1, SENT(UNIX, sendmsg(channel[0], &message, 0)));
  EXPECT(44, RECEIVED(UNIX, recv(ends[1], buffer, sizeof(buffer), 0)));
  await_child(child, 0);
}

/* ---- packet -------------------------------------------------------------- */

static struct sockaddr_ll on_loopback(void) {
  return (struct sockaddr_ll){.sll_family = AF_PACKET,
                              .sll_protocol = htons(PROTOCOL),
                              .sll_ifindex = if_nametoindex("lo"),
                              .sll_halen = ETH_ALEN};
}

static int tap(int type) {
  struct sockaddr_ll address = on_loopback();
  int fd = CHECK(socket(AF_PACKET, type, htons(PROTOCOL)));

  CHECK(bind(fd, (struct sockaddr*)&address, sizeof(address)));
  return fd;
}

/* Without the link's header, which the kernel writes. */
static void packet_datagrams(void) {
  struct sockaddr_ll address = on_loopback();
  int receiver = tap(SOCK_DGRAM), sender = CHECK(socket(AF_PACKET, SOCK_DGRAM, 0));

  SENT(PACKET, sendto(sender, data, 200, 0, (struct sockaddr*)&address, sizeof(address)));
  EXPECT(200, RECEIVED(PACKET, recv(receiver, buffer, sizeof(buffer), 0)));
  SENT(PACKET, sendto(sender, data, 300, 0, (struct sockaddr*)&address, sizeof(address)));
  EXPECT(10, recv(receiver, buffer, 10, MSG_PEEK));
  EXPECT(300, RECEIVED(PACKET, recv(receiver, buffer, 10, MSG_TRUNC)));
  FAILS(EAGAIN, recv(receiver, buffer, 10, MSG_DONTWAIT));
}

/* With it. */
static void packet_frames(void) {
  struct ether_header* header = (struct ether_header*)data;
  int receiver = tap(SOCK_RAW), sender = tap(SOCK_RAW);

  header->ether_type = htons(PROTOCOL);
  SENT(PACKET, send(sender, data, 214, 0));
  EXPECT(214, RECEIVED(PACKET, recv(receiver, buffer, sizeof(buffer), 0)));
  /* Who sends sees it too. */
  EXPECT(214, RECEIVED(PACKET, read(sender, buffer, sizeof(buffer))));
}

/* The interface of Linux 2.0: a device's name for an address. */
static void packet_old(void) {
  struct sockaddr to = {.sa_data = "lo"};
  int receiver = tap(SOCK_RAW), sender = CHECK(socket(AF_PACKET, SOCK_PACKET, 0));

  ((struct ether_header*)data)->ether_type = htons(PROTOCOL);
  SENT(PACKET, sendto(sender, data, 114, 0, &to, sizeof(to)));
  EXPECT(114, RECEIVED(PACKET, recv(receiver, buffer, sizeof(buffer), 0)));
}

/* ---- vsock --------------------------------------------------------------- */

static void vsock_pair(int type, int ends[2]) {
  struct sockaddr_vm address = {.svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_LOCAL, .svm_port = VMADDR_PORT_ANY};
  socklen_t size = sizeof(address);
  int listener = CHECK(socket(AF_VSOCK, type, 0));

  CHECK(bind(listener, (struct sockaddr*)&address, size));
  CHECK(listen(listener, 1));
  CHECK(getsockname(listener, (struct sockaddr*)&address, &size));
  ends[0] = CHECK(socket(AF_VSOCK, type, 0));
  CHECK(connect(ends[0], (struct sockaddr*)&address, size));
  ends[1] = CHECK(accept(listener, NULL, NULL));
  close(listener);
}

static void vsock_stream(void) {
  int ends[2], pipe_ends[2];

  vsock_pair(SOCK_STREAM, ends);
  SENT(VSOCK, send(ends[0], data, 10000, 0));
  EXPECT(10, recv(ends[1], buffer, 10, MSG_PEEK));
  receive_all(VSOCK, ends[1], 10000);
  SENT(VSOCK, write(ends[1], data, 70));
  RECEIVED(VSOCK, read(ends[0], buffer, sizeof(buffer)));
  CHECK(pipe(pipe_ends));
  EXPECT(600, write(pipe_ends[1], data, 600));
  EXPECT(600, SENT_BYTES(VSOCK, splice(pipe_ends[0], NULL, ends[0], NULL, 600, 0)));
  EXPECT(600, RECEIVED_BYTES(VSOCK, splice(ends[1], NULL, pipe_ends[1], NULL, 600, 0)));
  FAILS(EAGAIN, recv(ends[1], buffer, 10, MSG_DONTWAIT));
  CHECK(shutdown(ends[0], SHUT_WR));
  EXPECT(0, recv(ends[1], buffer, 10, 0));
}

static void vsock_packets(void) {
  int ends[2];

  vsock_pair(SOCK_SEQPACKET, ends);
  for (int i = 1; i < 4; i++)
    SENT(VSOCK, send(ends[0], data, 100 * i, 0));
  EXPECT(100, RECEIVED(VSOCK, recv(ends[1], buffer, sizeof(buffer), 0)));
  EXPECT(10, RECEIVED(VSOCK, recv(ends[1], buffer, 10, 0)));
  EXPECT(300, RECEIVED(VSOCK, recv(ends[1], buffer, 10, MSG_TRUNC)));
}

/* Each under its own name, also when one process has them all. */
static void together(void) {
  int ends[2];

  stream_pair(AF_INET, 0, ends);
  SENT(TCP, send(ends[0], data, 100, 0));
  receive_all(TCP, ends[1], 100);
  datagram_pair(AF_INET6, ends);
  SENT(UDP, send(ends[0], data, 200, 0));
  RECEIVED(UDP, recv(ends[1], buffer, sizeof(buffer), 0));
  unix_stream();
  packet_datagrams();
  vsock_stream();
}

int main(int argc, char** argv) {
  static const struct scenario scenarios[] = {{"unix-stream", unix_stream},     {"unix-datagrams", unix_datagrams},
                                              {"unix-packets", unix_packets},   {"unix-splice", unix_splice},
                                              {"unix-sendfile", unix_sendfile}, {"unix-urgent", unix_urgent},
                                              {"unix-rights", unix_rights},     {"packet-datagrams", packet_datagrams},
                                              {"packet-frames", packet_frames}, {"packet-old", packet_old},
                                              {"vsock-stream", vsock_stream},   {"vsock-packets", vsock_packets},
                                              {"together", together},           {}};

  return run_scenario(scenarios, argc, argv);
}
