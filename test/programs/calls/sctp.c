// SPDX-License-Identifier: MIT
/* SCTP: one association per socket, many associations on a socket, and notifications. */
#define _GNU_SOURCE
#include "../witness.h"

#include <poll.h>

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

/* A notification is received like a message, but must not be counted as one. */
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

static void receive_notification(int fd) {
  struct iovec part = {buffer, sizeof(buffer)};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

  CHECK(recvmsg(fd, &message, 0));
  if (!(message.msg_flags & MSG_NOTIFICATION))
    errx(1, "no notification");
}

/* One that waits already when the subscription ends is received all the same. */
static void late_notification(void) {
  struct sctp_event_subscribe events = {.sctp_association_event = 1};
  struct sockaddr_storage address[2];
  int receiver = many(&address[0]);
  int sender = many(&address[1]);
  struct pollfd ready = {.fd = receiver, .events = POLLIN};

  CHECK(setsockopt(receiver, IPPROTO_SCTP, SCTP_EVENTS, &events, sizeof(events)));
  SENT(OTHER, sendto(sender, data, 700, 0, (struct sockaddr*)&address[0], sizeof(struct sockaddr_in)));
  EXPECT(1, poll(&ready, 1, -1));
  memset(&events, 0, sizeof(events));
  CHECK(setsockopt(receiver, IPPROTO_SCTP, SCTP_EVENTS, &events, sizeof(events)));
  receive_notification(receiver);
  EXPECT(700, RECEIVED(OTHER, recv(receiver, buffer, sizeof(buffer), 0)));
}

static void subscribe_association(int fd) {
  struct sctp_event event = {.se_type = SCTP_SHUTDOWN_EVENT, .se_on = 1};

  CHECK(setsockopt(fd, IPPROTO_SCTP, SCTP_EVENT, &event, sizeof(event)));
}

/* One-to-one, the same of the association alone: the socket itself knows of no subscription. */
static void association_notifications(void) {
  int ends[2];

  stream_pair(AF_INET, IPPROTO_SCTP, ends);
  subscribe_association(ends[1]);
  SENT(OTHER, send(ends[0], data, 1234, 0));
  EXPECT(1234, RECEIVED(OTHER, recv(ends[1], buffer, sizeof(buffer), 0)));
  CHECK(shutdown(ends[0], SHUT_WR));
  receive_notification(ends[1]);
}

/* The socket is its parent's too, which did not subscribe. */
static void childs_subscription(void) {
  pid_t child;
  int ends[2];

  stream_pair(AF_INET, IPPROTO_SCTP, ends);
  child = fork_anew();
  if (!child) {
    subscribe_association(ends[1]);
    SENT(OTHER, send(ends[1], data, 55, 0));
    EXPECT(55, RECEIVED(OTHER, recv(ends[0], buffer, sizeof(buffer), 0)));
    end_child();
  }
  await_child(child, 0);
  SENT(OTHER, send(ends[0], data, 1234, 0));
  EXPECT(1234, RECEIVED(OTHER, recv(ends[1], buffer, sizeof(buffer), 0)));
  CHECK(shutdown(ends[0], SHUT_WR));
  receive_notification(ends[1]);
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
                                              {"late-notification", late_notification},
                                              {"association-notifications", association_notifications},
                                              {"childs-subscription", childs_subscription},
                                              {"raw", raw},
                                              {}};

  return run_scenario(scenarios, argc, argv);
}
