// SPDX-License-Identifier: MIT
/* SCTP: associations one by one, many on a socket, and what the kernel tells of them. */
#define _GNU_SOURCE
#include "../witness.h"

#include <linux/sctp.h>

static char data[20000];
static char buffer[65536];

static void one_to_one(void) {
  int ends[2];

  stream_pair(AF_INET, IPPROTO_SCTP, ends);
  SENT(OTHER, send(ends[0], data, 1234, 0));
  /* A message in parts. */
  EXPECT(1000, RECEIVED(OTHER, recv(ends[1], buffer, 1000, 0)));
  EXPECT(234, RECEIVED(OTHER, recv(ends[1], buffer, 1000, 0)));
  SENT(OTHER, send(ends[1], data, 20000, 0));
  RECEIVED(OTHER, recv(ends[0], buffer, sizeof(buffer), 0));
}

static void over_ipv6(void) {
  int ends[2];

  stream_pair(AF_INET6, IPPROTO_SCTP, ends);
  SENT(OTHER, send(ends[0], data, 555, 0));
  RECEIVED(OTHER, recv(ends[1], buffer, sizeof(buffer), 0));
  FAILS(EAGAIN, recv(ends[1], buffer, 10, MSG_DONTWAIT));
}

static int many(struct sockaddr_storage* address) {
  socklen_t size = loopback(AF_INET, address);
  int fd = CHECK(socket(AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP));

  CHECK(bind(fd, (struct sockaddr*)address, size));
  CHECK(listen(fd, 5));
  CHECK(getsockname(fd, (struct sockaddr*)address, &size));
  return fd;
}

/* An end that is asked for by a message without bytes is nothing. */
static void say_end(int fd, struct sockaddr_storage* to) {
  char control[CMSG_SPACE(sizeof(struct sctp_sndrcvinfo))] = {};
  struct msghdr message = {.msg_name = to,
                           .msg_namelen = sizeof(struct sockaddr_in),
                           .msg_control = control,
                           .msg_controllen = sizeof(control)};
  struct cmsghdr* header = CMSG_FIRSTHDR(&message);

  header->cmsg_level = IPPROTO_SCTP;
  header->cmsg_type = SCTP_SNDRCV;
  header->cmsg_len = CMSG_LEN(sizeof(struct sctp_sndrcvinfo));
  ((struct sctp_sndrcvinfo*)CMSG_DATA(header))->sinfo_flags = SCTP_EOF;
  EXPECT(0, sendmsg(fd, &message, 0));
}

static void one_to_many(void) {
  struct sockaddr_storage address[3];
  int fd[3];

  for (int i = 0; i < 3; i++)
    fd[i] = many(&address[i]);
  for (int i = 1; i < 3; i++) {
    SENT(OTHER, sendto(fd[i], data, 100 * i, 0, (struct sockaddr*)&address[0], sizeof(struct sockaddr_in)));
    EXPECT(100 * i, RECEIVED(OTHER, recv(fd[0], buffer, sizeof(buffer), 0)));
    SENT(OTHER, sendto(fd[0], data, 10 * i, 0, (struct sockaddr*)&address[i], sizeof(struct sockaddr_in)));
    EXPECT(10 * i, RECEIVED(OTHER, recv(fd[i], buffer, sizeof(buffer), 0)));
  }
  say_end(fd[1], &address[0]);
}

/* What the kernel tells of the association is received as a message is, and is none. */
static void notifications(void) {
  struct sctp_event_subscribe events = {.sctp_data_io_event = 1, .sctp_association_event = 1, .sctp_shutdown_event = 1};
  struct sockaddr_storage address[2];
  int receiver = many(&address[0]);
  int sender = many(&address[1]);
  int told = 0, received = 0;

  CHECK(setsockopt(receiver, IPPROTO_SCTP, SCTP_EVENTS, &events, sizeof(events)));
  for (int i = 0; i < 3; i++)
    SENT(OTHER, sendto(sender, data, 700 + i, 0, (struct sockaddr*)&address[0], sizeof(struct sockaddr_in)));
  say_end(sender, &address[0]);
  /* The association begins, three messages, and it ends in one or two steps. */
  while (received < 3 || told < 2) {
    struct iovec part = {buffer, sizeof(buffer)};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    long got = CHECK(recvmsg(receiver, &message, 0));

    if (message.msg_flags & MSG_NOTIFICATION) {
      told++;
    } else {
      RECEIVED(OTHER, got);
      received++;
    }
  }
}

/* One-to-one, the same of the association alone: the socket itself knows of no subscription. */
static void association_notifications(void) {
  struct sctp_event event = {.se_type = SCTP_SHUTDOWN_EVENT, .se_on = 1};
  struct iovec part = {buffer, sizeof(buffer)};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  int ends[2];

  stream_pair(AF_INET, IPPROTO_SCTP, ends);
  CHECK(setsockopt(ends[1], IPPROTO_SCTP, SCTP_EVENT, &event, sizeof(event)));
  SENT(OTHER, send(ends[0], data, 1234, 0));
  RECEIVED(OTHER, recvmsg(ends[1], &message, 0));
  CHECK(shutdown(ends[0], SHUT_WR));
  CHECK(recvmsg(ends[1], &message, 0));
  if (!(message.msg_flags & MSG_NOTIFICATION))
    errx(1, "no notification");
}

/* A raw socket of the protocol: what it receives are packets, its own among them. */
static void raw(void) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = CHECK(socket(AF_INET, SOCK_RAW, IPPROTO_SCTP));

  for (int i = 1; i <= 3; i++) {
    SENT(OTHER, sendto(fd, data, 100 * i, 0, (struct sockaddr*)&to, sizeof(to)));
    EXPECT(20 + 100 * i, RECEIVED(OTHER, recv(fd, buffer, sizeof(buffer), 0)));
  }
}

int main(int argc, char** argv) {
  static const struct scenario scenarios[] = {{"one-to-one", one_to_one},
                                              {"ipv6", over_ipv6},
                                              {"one-to-many", one_to_many},
                                              {"notifications", notifications},
                                              {"association-notifications", association_notifications},
                                              {"raw", raw},
                                              {}};

  return run_scenario(scenarios, argc, argv);
}
