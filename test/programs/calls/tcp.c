// SPDX-License-Identifier: MIT
/* Every way to send and receive over a stream socket, and what of it is not a transfer. */
#define _GNU_SOURCE
#include "../witness.h"

#include <fcntl.h>
#include <linux/errqueue.h>
#include <linux/tls.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static char data[65536];
static char buffer[65536];

static void plain(int family, int protocol) {
  int ends[2];

  stream_pair(family, protocol, ends);
  SENT(TCP, send(ends[0], data, 1000, 0));
  receive_all(TCP, ends[1], 1000);
  SENT(TCP, sendto(ends[1], data, 2000, 0, NULL, 0));
  RECEIVED(TCP, recvfrom(ends[0], buffer, 2000, MSG_WAITALL, NULL, NULL));
  SENT(TCP, write(ends[0], data, 300));
  RECEIVED(TCP, read(ends[1], buffer, sizeof(buffer)));
}

static void ipv4(void) {
  plain(AF_INET, 0);
}

static void ipv6(void) {
  plain(AF_INET6, 0);
}

static void mptcp(void) {
  plain(AF_INET, IPPROTO_MPTCP);
}

static void mptcp6(void) {
  plain(AF_INET6, IPPROTO_MPTCP);
}

static void vectors(void) {
  struct iovec parts[3] = {{data, 10}, {data, 0}, {data, 70}};
  struct iovec into[2] = {{buffer, 7}, {buffer + 7, 1000}};
  struct msghdr out = {.msg_iov = parts, .msg_iovlen = 3};
  struct msghdr in = {.msg_iov = into, .msg_iovlen = 2};
  int ends[2];

  stream_pair(AF_INET, 0, ends);
  SENT(TCP, writev(ends[0], parts, 3));
  RECEIVED(TCP, readv(ends[1], into, 2));
  SENT(TCP, pwritev2(ends[0], parts, 3, -1, 0));
  RECEIVED(TCP, preadv2(ends[1], into, 2, -1, 0));
  SENT(TCP, sendmsg(ends[0], &out, 0));
  RECEIVED(TCP, recvmsg(ends[1], &in, 0));
}

/* sendmmsg of n is n messages. */
static void mmsg(void) {
  struct iovec part = {data, 11};
  struct mmsghdr messages[4];
  int ends[2];

  stream_pair(AF_INET, 0, ends);
  for (int i = 0; i < 4; i++)
    messages[i] = (struct mmsghdr){
        .msg_hdr = {.msg_iov = &part, .msg_iovlen = 1},
    };
  EXPECT(4, sendmmsg(ends[0], messages, 4, 0));
  for (int i = 0; i < 4; i++)
    SENT(TCP, messages[i].msg_len);
  EXPECT(4, recvmmsg(ends[1], messages, 4, 0, NULL));
  for (int i = 0; i < 4; i++)
    RECEIVED(TCP, messages[i].msg_len);
}

static void peek(void) {
  int ends[2];

  stream_pair(AF_INET, 0, ends);
  SENT(TCP, send(ends[0], data, 500, 0));
  EXPECT(100, recv(ends[1], buffer, 100, MSG_PEEK));
  EXPECT(500, recv(ends[1], buffer, 500, MSG_PEEK | MSG_WAITALL));
  receive_all(TCP, ends[1], 500);
}

static void again(void) {
  int ends[2];

  stream_pair(AF_INET, 0, ends);
  FAILS(EAGAIN, recv(ends[0], buffer, 10, MSG_DONTWAIT));
  CHECK(fcntl(ends[1], F_SETFL, O_NONBLOCK));
  FAILS(EAGAIN, read(ends[1], buffer, 10));
  /* Until the buffers are full: the last send is short, or none. */
  for (;;) {
    long sent = send(ends[0], data, sizeof(data), MSG_DONTWAIT);

    if (sent < 0)
      break;
    SENT(TCP, sent);
  }
  if (errno != EAGAIN)
    err(1, "send");
}

static void end_of_stream(void) {
  int ends[2];

  stream_pair(AF_INET, 0, ends);
  SENT(TCP, send(ends[0], data, 10, 0));
  CHECK(shutdown(ends[0], SHUT_WR));
  receive_all(TCP, ends[1], 10);
  EXPECT(0, recv(ends[1], buffer, 10, 0));
  EXPECT(0, read(ends[1], buffer, 10));
  FAILS(EPIPE, send(ends[0], data, 10, MSG_NOSIGNAL));
  close(ends[1]);
}

static void errors(void) {
  struct sockaddr_storage address;
  socklen_t size = loopback(AF_INET, &address);
  int ends[2];

  FAILS(EPIPE, send(CHECK(socket(AF_INET, SOCK_STREAM, 0)), data, 10, MSG_NOSIGNAL));
  FAILS(ENOTCONN, recv(CHECK(socket(AF_INET, SOCK_STREAM, 0)), buffer, 10, 0));
  stream_pair(AF_INET, 0, ends);
  FAILS(EFAULT, send(ends[0], (void*)1, 10, 0));
  FAILS(EISCONN, sendto(ends[0], data, 10, MSG_FASTOPEN, (struct sockaddr*)&address, size));
  /* A connection that was reset. */
  CHECK(setsockopt(ends[0], SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger)));
  close(ends[0]);
  FAILS(ECONNRESET, recv(ends[1], buffer, 10, 0));
}

/* What the call returned, not what it asked for. */
static void partial(void) {
  int ends[2];

  stream_pair(AF_INET, 0, ends);
  CHECK(setsockopt(ends[1], SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_usec = 50000}, sizeof(struct timeval)));
  SENT(TCP, send(ends[0], data, 100, 0));
  EXPECT(100, RECEIVED(TCP, recv(ends[1], buffer, 5000, MSG_WAITALL)));
  FAILS(EAGAIN, recv(ends[1], buffer, 10, 0));
  SENT(TCP, send(ends[0], data, 100, 0));
  EXPECT(60, RECEIVED(TCP, recv(ends[1], buffer, 60, MSG_TRUNC)));
  EXPECT(40, RECEIVED(TCP, recv(ends[1], buffer, 60, 0)));
}

static int data_file(size_t size) {
  int file = CHECK(memfd_create("data", 0));

  CHECK(ftruncate(file, size));
  return file;
}

static void by_sendfile(void) {
  int file = data_file(150000);
  size_t left = 150000;
  int ends[2];

  stream_pair(AF_INET, 0, ends);
  while (left) {
    size_t part = left < 50000 ? left : 50000;
    long sent = SENT_BYTES(TCP, sendfile(ends[0], file, NULL, part));

    receive_all(TCP, ends[1], sent);
    left -= sent;
  }
  EXPECT(0, sendfile(ends[0], file, NULL, 10));
}

static void splice_in(void) {
  int ends[2], pipe_ends[2];
  size_t left = 30000;

  stream_pair(AF_INET, 0, ends);
  CHECK(pipe(pipe_ends));
  SENT(TCP, send(ends[0], data, left, 0));
  while (left) {
    long got = RECEIVED_BYTES(TCP, splice(ends[1], NULL, pipe_ends[1], NULL, left, 0));

    for (long n = got; n;)
      n -= CHECK(read(pipe_ends[0], buffer, n));
    left -= got;
  }
  CHECK(fcntl(ends[1], F_SETFL, O_NONBLOCK));
  FAILS(EAGAIN, splice(ends[1], NULL, pipe_ends[1], NULL, 10, 0));
  close(ends[0]);
  EXPECT(0, splice(ends[1], NULL, pipe_ends[1], NULL, 10, 0));
}

static void splice_out(void) {
  int ends[2], pipe_ends[2];

  stream_pair(AF_INET, 0, ends);
  CHECK(pipe(pipe_ends));
  EXPECT(40000, write(pipe_ends[1], data, 40000));
  for (long left = 40000; left;) {
    long sent = SENT_BYTES(TCP, splice(pipe_ends[0], NULL, ends[0], NULL, left, 0));

    receive_all(TCP, ends[1], sent);
    left -= sent;
  }
}

static void by_vmsplice(void) {
  struct iovec part = {data, 20000};
  int ends[2], pipe_ends[2];

  stream_pair(AF_INET, 0, ends);
  CHECK(pipe(pipe_ends));
  EXPECT(20000, vmsplice(pipe_ends[1], &part, 1, 0));
  for (long left = 20000; left;) {
    long sent = SENT_BYTES(TCP, splice(pipe_ends[0], NULL, ends[0], NULL, left, 0));

    receive_all(TCP, ends[1], sent);
    left -= sent;
  }
}

static void zero_copy(void) {
  char control[256];
  struct msghdr notice = {.msg_control = control, .msg_controllen = sizeof(control)};
  struct pollfd ready = {.events = 0};
  int ends[2], on = 1;

  stream_pair(AF_INET, 0, ends);
  CHECK(setsockopt(ends[0], SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)));
  SENT(TCP, send(ends[0], data, 30000, MSG_ZEROCOPY));
  receive_all(TCP, ends[1], 30000);
  ready.fd = ends[0];
  CHECK(poll(&ready, 1, 5000));
  EXPECT(0, recvmsg(ends[0], &notice, MSG_ERRQUEUE));
}

/* The client's first bytes go with its SYN. */
static void fast_open(void) {
  struct sockaddr_storage address;
  socklen_t size = loopback(AF_INET, &address);
  int listener = CHECK(socket(AF_INET, SOCK_STREAM, 0));
  int backlog = 5;

  CHECK(bind(listener, (struct sockaddr*)&address, size));
  CHECK(setsockopt(listener, SOL_TCP, TCP_FASTOPEN, &backlog, sizeof(backlog)));
  CHECK(listen(listener, 1));
  CHECK(getsockname(listener, (struct sockaddr*)&address, &size));
  for (int i = 0; i < 2; i++) {
    int client = CHECK(socket(AF_INET, SOCK_STREAM, 0));
    int server;

    SENT(TCP, sendto(client, data, 400, MSG_FASTOPEN, (struct sockaddr*)&address, size));
    server = CHECK(accept(listener, NULL, NULL));
    receive_all(TCP, server, 400);
    close(client);
    close(server);
  }
}

/* connect() waits for the first write, which goes with the SYN. */
static void fast_open_connect(void) {
  struct sockaddr_storage address;
  socklen_t size = loopback(AF_INET, &address);
  int listener = CHECK(socket(AF_INET, SOCK_STREAM, 0));
  int backlog = 5, on = 1;

  CHECK(bind(listener, (struct sockaddr*)&address, size));
  CHECK(setsockopt(listener, SOL_TCP, TCP_FASTOPEN, &backlog, sizeof(backlog)));
  CHECK(listen(listener, 1));
  CHECK(getsockname(listener, (struct sockaddr*)&address, &size));
  for (int i = 0; i < 2; i++) {
    int client = CHECK(socket(AF_INET, SOCK_STREAM, 0));
    int server;

    CHECK(setsockopt(client, SOL_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof(on)));
    CHECK(connect(client, (struct sockaddr*)&address, size));
    SENT(TCP, write(client, data, 450));
    server = CHECK(accept(listener, NULL, NULL));
    receive_all(TCP, server, 450);
    close(client);
    close(server);
  }
}

/* Payload, not records: the bytes that the program holds. */
static void kernel_tls(void) {
  struct tls12_crypto_info_aes_gcm_128 keys = {
      .info = {.version = TLS_1_2_VERSION, .cipher_type = TLS_CIPHER_AES_GCM_128},
  };
  int file = data_file(9000);
  int ends[2];

  stream_pair(AF_INET, 0, ends);
  for (int i = 0; i < 2; i++)
    CHECK(setsockopt(ends[i], SOL_TCP, TCP_ULP, "tls", 4));
  CHECK(setsockopt(ends[0], SOL_TLS, TLS_TX, &keys, sizeof(keys)));
  CHECK(setsockopt(ends[1], SOL_TLS, TLS_RX, &keys, sizeof(keys)));
  SENT(TCP, send(ends[0], data, 5000, 0));
  receive_all(TCP, ends[1], 5000);
  EXPECT(9000, SENT_BYTES(TCP, sendfile(ends[0], file, NULL, 9000)));
  receive_all(TCP, ends[1], 9000);
}

/* A receiver with kernel TLS has a splice_read of its own. */
static void kernel_tls_splice(void) {
  struct tls12_crypto_info_aes_gcm_128 keys = {
      .info = {.version = TLS_1_2_VERSION, .cipher_type = TLS_CIPHER_AES_GCM_128},
  };
  int ends[2], pipe_ends[2];

  stream_pair(AF_INET, 0, ends);
  CHECK(pipe(pipe_ends));
  for (int i = 0; i < 2; i++)
    CHECK(setsockopt(ends[i], SOL_TCP, TCP_ULP, "tls", 4));
  CHECK(setsockopt(ends[0], SOL_TLS, TLS_TX, &keys, sizeof(keys)));
  CHECK(setsockopt(ends[1], SOL_TLS, TLS_RX, &keys, sizeof(keys)));
  SENT(TCP, send(ends[0], data, 10000, 0));
  for (long left = 10000; left;)
    left -= RECEIVED_BYTES(TCP, splice(ends[1], NULL, pipe_ends[1], NULL, left, 0));
}

static void mptcp_sendfile(void) {
  int file = data_file(10000);
  int ends[2];

  stream_pair(AF_INET, IPPROTO_MPTCP, ends);
  for (long left = 10000; left;)
    left -= SENT_BYTES(TCP, sendfile(ends[0], file, NULL, left));
  receive_all(TCP, ends[1], 10000);
}

/* A checkpoint that is restored fills queues and sends nothing. */
static void repair(void) {
  int queue = 2, on = 1, off = 0;
  int ends[2];

  stream_pair(AF_INET, 0, ends);
  CHECK(setsockopt(ends[0], SOL_TCP, TCP_REPAIR, &on, sizeof(on)));
  CHECK(setsockopt(ends[0], SOL_TCP, TCP_REPAIR_QUEUE, &queue, sizeof(queue)));
  EXPECT(100, send(ends[0], data, 100, 0));
  CHECK(setsockopt(ends[0], SOL_TCP, TCP_REPAIR, &off, sizeof(off)));
}

int main(int argc, char** argv) {
  static const struct scenario scenarios[] = {{"ipv4", ipv4},
                                              {"ipv6", ipv6},
                                              {"vectors", vectors},
                                              {"mmsg", mmsg},
                                              {"peek", peek},
                                              {"again", again},
                                              {"end-of-stream", end_of_stream},
                                              {"errors", errors},
                                              {"partial", partial},
                                              {"sendfile", by_sendfile},
                                              {"splice-in", splice_in},
                                              {"splice-out", splice_out},
                                              {"vmsplice", by_vmsplice},
                                              {"zero-copy", zero_copy},
                                              {"fast-open", fast_open},
                                              {"fast-open-connect", fast_open_connect},
                                              {"kernel-tls", kernel_tls},
                                              {"kernel-tls-splice", kernel_tls_splice},
                                              {"mptcp", mptcp},
                                              {"mptcp6", mptcp6},
                                              {"mptcp-sendfile", mptcp_sendfile},
                                              {"repair", repair},
                                              {}};

  return run_scenario(scenarios, argc, argv);
}
