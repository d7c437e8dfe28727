// SPDX-License-Identifier: MIT
/*
 * call.out KIND: listens on a port of its own, which it prints, takes one connection (or binds a
 * datagram socket), and makes one call that blocks. Prints what each of its calls returned.
 */
#define _GNU_SOURCE
#include "../ring.h"
#include "../witness.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/ioctl.h>

#define BIG (8 << 20)

static char buffer[BIG];

static long show(const char* call, long result) {
  printf("%s %ld %s\n", call, result, result < 0 ? strerrorname_np(errno) : "-");
  fflush(stdout);
  return result;
}

static int bound(int type) {
  struct sockaddr_storage address;
  socklen_t size = loopback(AF_INET, &address);
  int fd = CHECK(socket(AF_INET, type, 0));

  CHECK(bind(fd, (struct sockaddr*)&address, size));
  if (type == SOCK_STREAM)
    CHECK(listen(fd, 1));
  CHECK(getsockname(fd, (struct sockaddr*)&address, &size));
  printf("port %d\n", ntohs(((struct sockaddr_in*)&address)->sin_port));
  fflush(stdout);
  return fd;
}

static int accepted(void) {
  return CHECK(accept(bound(SOCK_STREAM), NULL, NULL));
}

static void call_recv(void) {
  show("recv", recv(accepted(), buffer, 35, 0));
}

static void call_read(void) {
  show("read", read(accepted(), buffer, 35));
}

static void call_waitall(void) {
  int fd = accepted();
  long got = show("recv", recv(fd, buffer, 5000, MSG_WAITALL));

  if (got < 5000)
    show("recv", recv(fd, buffer, 5000 - got, MSG_WAITALL));
}

static void call_timeout(void) {
  struct timeval long_enough = {.tv_sec = 60};
  int fd = accepted();

  CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &long_enough, sizeof(long_enough)));
  if (show("recv", recv(fd, buffer, 35, 0)) < 0)
    show("recv", recv(fd, buffer, 35, 0));
}

static void call_send(void) {
  show("send", send(accepted(), buffer, BIG, 0));
}

static void call_splice(void) {
  int ends[2];

  CHECK(pipe(ends));
  show("splice", splice(accepted(), NULL, ends[1], NULL, 35, 0));
}

static void call_recvfrom(void) {
  show("recvfrom", recvfrom(bound(SOCK_DGRAM), buffer, 100, 0, NULL, NULL));
}

/* Until it has two datagrams. What the first left of the call, the next one does not see. */
static void receive_two(int fd) {
  struct iovec parts[2] = {{buffer, 100}, {buffer + 100, 100}};
  struct mmsghdr messages[2] = {
      {.msg_hdr = {.msg_iov = &parts[0], .msg_iovlen = 1}},
      {.msg_hdr = {.msg_iov = &parts[1], .msg_iovlen = 1}},
  };
  long got = show("recvmmsg", recvmmsg(fd, messages, 2, 0, NULL));

  if (got == 1)
    show("recv", recv(fd, buffer, 100, 0));
}

static void call_recvmmsg(void) {
  receive_two(bound(SOCK_DGRAM));
}

static void call_recvmmsg_timeout(void) {
  struct timeval long_enough = {.tv_sec = 60};
  int fd = bound(SOCK_DGRAM);

  CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &long_enough, sizeof(long_enough)));
  receive_two(fd);
}

/* To a port that stands on stdin, with data in the SYN. */
static void call_fastopen(void) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = CHECK(socket(AF_INET, SOCK_STREAM, 0));
  unsigned short port;

  if (scanf("%hu", &port) != 1)
    errx(1, "no port");
  to.sin_port = htons(port);
  show("sendto", sendto(fd, buffer, 1000, MSG_FASTOPEN, (struct sockaddr*)&to, sizeof(to)));
}

static void call_accept(void) {
  int listener = bound(SOCK_STREAM);

  show("accept", accept(listener, NULL, NULL) < 0 ? -1 : 0);
}

/* Handed to a worker of io_uring. */
static void call_uring(void) {
  struct io_uring_sqe receive = request(IORING_OP_RECV, accepted(), buffer, 35);

  receive.flags = IOSQE_ASYNC;
  open_ring(0);
  show("io_uring", perform(receive));
}

static long held;

/* A line on stdin gives the page that the call waits for. */
static void* release(void* page) {
  struct uffdio_zeropage zero = {.range = {.start = (unsigned long)page, .len = 4096}};

  getchar();
  CHECK(ioctl(held, UFFDIO_ZEROPAGE, &zero));
  return NULL;
}

/* A page that is not there until a line comes. */
static char* held_page(void) {
  struct uffdio_api api = {.api = UFFD_API};
  char* page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  struct uffdio_register range = {.range = {.start = (unsigned long)page, .len = 4096},
                                  .mode = UFFDIO_REGISTER_MODE_MISSING};
  pthread_t thread;

  held = CHECK(syscall(__NR_userfaultfd, 0));
  CHECK(ioctl(held, UFFDIO_API, &api));
  CHECK(ioctl(held, UFFDIO_REGISTER, &range));
  if (pthread_create(&thread, NULL, release, page))
    errx(1, "pthread_create");
  return page;
}

/* The message is there; the page that it goes to is not. */
static void call_held(void) {
  int fd = accepted();

  show("recv", recv(fd, held_page(), 35, 0));
}

/* What it shall receive, and where to, stands in a page that is not there. */
static void call_held_zerocopy(void) {
  int fd = accepted();
  socklen_t size = 64;

  show("getsockopt", getsockopt(fd, IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, held_page(), &size));
}

/* Nothing is received by it. */
static void call_held_option(void) {
  int fd = accepted();
  socklen_t size = 64;

  show("getsockopt", getsockopt(fd, IPPROTO_TCP, TCP_INFO, held_page(), &size));
}

int main(int argc, char** argv) {
  static const struct scenario kinds[] = {{"recv", call_recv},
                                          {"read", call_read},
                                          {"waitall", call_waitall},
                                          {"timeout", call_timeout},
                                          {"send", call_send},
                                          {"splice", call_splice},
                                          {"recvfrom", call_recvfrom},
                                          {"recvmmsg", call_recvmmsg},
                                          {"recvmmsg-timeout", call_recvmmsg_timeout},
                                          {"fastopen", call_fastopen},
                                          {"accept", call_accept},
                                          {"uring", call_uring},
                                          {"held", call_held},
                                          {"held-zerocopy", call_held_zerocopy},
                                          {"held-option", call_held_option},
                                          {}};

  return run_scenario(kinds, argc, argv);
}
