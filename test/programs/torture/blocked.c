// SPDX-License-Identifier: MIT
/*
 * torture/blocked.out: a thread in each call that blocks, for ever. A line on its input has every one of them get what
 * it waits for; it answers `alive` when all have, so that none is stuck. What a call may return when it is woken for an
 * unload is accepted; an errno that is none of user space's is not.
 */
#define _GNU_SOURCE
#include "../ring.h"
#include "../witness.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

#define BIG (1 << 20)

static char big[BIG];
static _Atomic unsigned long calls;

struct kind {
  const char* name;
  void (*prepare)(struct kind*);
  long (*call)(struct kind*);
  /* Gives it what it waits for, once. */
  void (*feed)(struct kind*);
  int ends[2], pipe[2], listener, source;
  struct sockaddr_storage address;
  socklen_t size;
  _Atomic unsigned long done;
};

static void stream(struct kind* kind) {
  const int little = 65536;

  stream_pair(AF_INET, 0, kind->ends);
  /* So that a send blocks. */
  CHECK(setsockopt(kind->ends[0], SOL_SOCKET, SO_SNDBUF, &little, sizeof(little)));
  CHECK(setsockopt(kind->ends[1], SOL_SOCKET, SO_RCVBUF, &little, sizeof(little)));
  CHECK(pipe2(kind->pipe, O_NONBLOCK));
}

static void stream6(struct kind* kind) {
  stream_pair(AF_INET6, 0, kind->ends);
}

static void datagrams(struct kind* kind) {
  datagram_pair(AF_INET, kind->ends);
}

static void timed(struct kind* kind) {
  struct timeval long_enough = {.tv_sec = 3600};

  stream(kind);
  CHECK(setsockopt(kind->ends[1], SOL_SOCKET, SO_RCVTIMEO, &long_enough, sizeof(long_enough)));
}

static void listening(struct kind* kind) {
  kind->size = loopback(AF_INET, &kind->address);
  kind->listener = CHECK(socket(AF_INET, SOCK_STREAM, 0));
  CHECK(bind(kind->listener, (struct sockaddr*)&kind->address, kind->size));
  CHECK(listen(kind->listener, 8));
  CHECK(getsockname(kind->listener, (struct sockaddr*)&kind->address, &kind->size));
}

static void from_file(struct kind* kind) {
  stream(kind);
  kind->source = CHECK(memfd_create("source", 0));
  CHECK(ftruncate(kind->source, BIG));
}

static long call_recv(struct kind* kind) {
  char byte;
  return recv(kind->ends[1], &byte, 1, 0);
}

static long call_read(struct kind* kind) {
  char byte;
  return read(kind->ends[1], &byte, 1);
}

static long call_readv(struct kind* kind) {
  char bytes[2];
  struct iovec parts[2] = {{bytes, 1}, {bytes + 1, 1}};
  return readv(kind->ends[1], parts, 2);
}

static long call_recvmsg(struct kind* kind) {
  char byte;
  struct iovec part = {&byte, 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  return recvmsg(kind->ends[1], &message, 0);
}

static long call_recvmmsg(struct kind* kind) {
  char bytes[2];
  struct iovec parts[2] = {{bytes, 1}, {bytes + 1, 1}};
  struct mmsghdr messages[2] = {{.msg_hdr = {.msg_iov = &parts[0], .msg_iovlen = 1}},
                                {.msg_hdr = {.msg_iov = &parts[1], .msg_iovlen = 1}}};
  return recvmmsg(kind->ends[1], messages, 2, 0, NULL);
}

static long call_waitall(struct kind* kind) {
  char bytes[2];
  return recv(kind->ends[1], bytes, 2, MSG_WAITALL);
}

static long call_splice(struct kind* kind) {
  char byte;
  long got = splice(kind->ends[1], NULL, kind->pipe[1], NULL, 1, 0);

  while (read(kind->pipe[0], &byte, 1) > 0)
    ;
  return got;
}

static long call_accept(struct kind* kind) {
  int fd = accept(kind->listener, NULL, NULL);

  if (fd >= 0)
    close(fd);
  return fd;
}

static long call_send(struct kind* kind) {
  return send(kind->ends[0], big, BIG, MSG_NOSIGNAL);
}

static long call_sendfile(struct kind* kind) {
  off_t offset = 0;
  return sendfile(kind->ends[0], kind->source, &offset, BIG);
}

/* In a worker of io_uring, which blocks there as the call itself would. */
static long call_uring(struct kind* kind) {
  char byte;
  struct io_uring_sqe receive = request(IORING_OP_RECV, kind->ends[1], &byte, 1);

  if (!ring.fd)
    open_ring(0);
  receive.flags = IOSQE_ASYNC;
  return perform(receive);
}

static void feed_one(struct kind* kind) {
  CHECK(send(kind->ends[0], "x", 1, 0));
}

static void feed_two(struct kind* kind) {
  CHECK(send(kind->ends[0], "x", 1, 0));
  CHECK(send(kind->ends[0], "y", 1, 0));
}

static void feed_connection(struct kind* kind) {
  int fd = CHECK(socket(AF_INET, SOCK_STREAM, 0));

  CHECK(connect(fd, (struct sockaddr*)&kind->address, kind->size));
  close(fd);
}

/* Reads until what it had to send is through. */
static void feed_room(struct kind* kind) {
  static char sink[1 << 18];
  unsigned long before = kind->done;

  while (kind->done == before)
    if (recv(kind->ends[1], sink, sizeof(sink), MSG_DONTWAIT) < 0)
      usleep(1000);
}

#define KIND(n, p, c, f) \
  { .name = n, .prepare = p, .call = c, .feed = f }
static struct kind kinds[] = {
    KIND("recv", stream, call_recv, feed_one),           KIND("recv of IPv6", stream6, call_recv, feed_one),
    KIND("read", stream, call_read, feed_one),           KIND("readv", stream, call_readv, feed_one),
    KIND("recvmsg", datagrams, call_recvmsg, feed_one),  KIND("recvmmsg", datagrams, call_recvmmsg, feed_two),
    KIND("MSG_WAITALL", stream, call_waitall, feed_two), KIND("SO_RCVTIMEO", timed, call_recv, feed_one),
    KIND("splice", stream, call_splice, feed_one),       KIND("accept", listening, call_accept, feed_connection),
    KIND("send", stream, call_send, feed_room),          KIND("sendfile", from_file, call_sendfile, feed_room),
    KIND("io_uring", stream, call_uring, feed_one),
};
#define KINDS (sizeof(kinds) / sizeof(*kinds))

static void* run(void* argument) {
  struct kind* kind = argument;

  for (;;) {
    long result = kind->call(kind);

    calls++;
    if (result >= 0)
      kind->done++;
    else if (errno != EINTR && errno != EAGAIN && errno != ECANCELED)
      errx(1, "%s: errno %d", kind->name, errno);
  }
}

static void nothing(int signal) {
  (void)signal;
}

int main(void) {
  pthread_t thread;
  char line[16];

  signal(SIGUSR1, nothing); /* restarts what can be restarted */
  setvbuf(stdout, NULL, _IOLBF, 0);
  for (unsigned i = 0; i < KINDS; i++) {
    kinds[i].prepare(&kinds[i]);
    if (pthread_create(&thread, NULL, run, &kinds[i]))
      errx(1, "pthread_create");
  }
  puts("ready");
  while (fgets(line, sizeof(line), stdin)) {
    for (unsigned i = 0; i < KINDS; i++) {
      unsigned long before = kinds[i].done;

      printf("feeding %s\n", kinds[i].name);
      kinds[i].feed(&kinds[i]);
      while (kinds[i].done == before)
        usleep(1000);
    }
    puts("alive");
  }
  printf("did blocking_calls %lu\n", calls);
  fflush(stdout);
  _exit(0);
}
