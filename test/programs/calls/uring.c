// SPDX-License-Identifier: MIT
/* io_uring: the calls are made by the kernel, in a worker or a polling thread of the process too. */
#define _GNU_SOURCE
#include "../ring.h"
#include "../witness.h"

#include <linux/io_uring.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>

static char data[65536];
static char buffer[65536];

static void exchange(unsigned int setup, unsigned char flags) {
  struct io_uring_sqe receive;
  int ends[2];

  open_ring(setup);
  stream_pair(AF_INET, 0, ends);
  for (int i = 0; i < 10; i++) {
    struct io_uring_sqe send = request(IORING_OP_SEND, ends[0], data, 100 + i);

    send.flags = flags;
    SENT(TCP, perform(send));
    receive = request(IORING_OP_RECV, ends[1], buffer, 4096);
    receive.flags = flags;
    RECEIVED(TCP, perform(receive));
  }
  SENT(TCP, perform(request(IORING_OP_WRITE, ends[0], data, 333)));
  RECEIVED(TCP, perform(request(IORING_OP_READ, ends[1], buffer, 4096)));
  /* It waits before there is anything. */
  receive = request(IORING_OP_RECV, ends[1], buffer, 4096);
  receive.flags = flags;
  submit(receive);
  SENT(TCP, send(ends[0], data, 44, 0));
  RECEIVED(TCP, complete());
  close(ends[0]);
  EXPECT(0, perform(request(IORING_OP_RECV, ends[1], buffer, 10)));
  datagram_pair(AF_INET6, ends);
  SENT(UDP, perform(request(IORING_OP_SEND, ends[0], data, 0)));
  RECEIVED(UDP, perform(request(IORING_OP_RECV, ends[1], buffer, 10)));
}

static void plain(void) {
  exchange(0, 0);
}

static void workers(void) {
  exchange(0, IOSQE_ASYNC);
}

static void polling(void) {
  exchange(IORING_SETUP_SQPOLL, 0);
}

static void zero_copy(void) {
  int ends[2];

  open_ring(0);
  stream_pair(AF_INET, 0, ends);
  SENT(TCP, perform(request(IORING_OP_SEND_ZC, ends[0], data, 20000)));
  receive_all(TCP, ends[1], 20000);
  /* The notification that the data may be reused. */
  EXPECT(0, complete());
}

static void splice_in(void) {
  struct io_uring_sqe sqe;
  int ends[2], pipe_ends[2];

  open_ring(0);
  stream_pair(AF_INET, 0, ends);
  CHECK(pipe(pipe_ends));
  SENT(TCP, send(ends[0], data, 500, 0));
  sqe = request(IORING_OP_SPLICE, pipe_ends[1], NULL, 500);
  sqe.off = sqe.splice_off_in = -1;
  sqe.splice_fd_in = ends[1];
  EXPECT(500, RECEIVED_BYTES(TCP, perform(sqe)));
}

static void zero_copy_message(void) {
  struct iovec parts[2] = {{data, 9000}, {data, 1000}};
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
  int ends[2];

  open_ring(0);
  stream_pair(AF_INET, 0, ends);
  SENT(TCP, perform(request(IORING_OP_SENDMSG_ZC, ends[0], &message, 1)));
  receive_all(TCP, ends[1], 10000);
  EXPECT(0, complete());
}

#define BUFFERS 8
#define BUFFER_SIZE 1000
#define GROUP 1

/* Buffers from which the kernel chooses. */
static void provide_buffers(void) {
  static char pool[BUFFERS][BUFFER_SIZE];
  struct io_uring_buf_ring* provided =
      mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  struct io_uring_buf_reg registration = {.ring_addr = (unsigned long)provided, .ring_entries = BUFFERS, .bgid = GROUP};

  CHECK(syscall(__NR_io_uring_register, ring.fd, IORING_REGISTER_PBUF_RING, &registration, 1));
  for (int i = 0; i < BUFFERS; i++) {
    provided->bufs[i].addr = (unsigned long)pool[i];
    provided->bufs[i].len = BUFFER_SIZE;
    provided->bufs[i].bid = i;
  }
  __atomic_store_n(&provided->tail, BUFFERS, __ATOMIC_RELEASE);
}

static void submit_selecting(int opcode, int fd, void* message, unsigned short flags) {
  struct io_uring_sqe sqe = request(opcode, fd, message, message ? 1 : 0);

  sqe.flags = IOSQE_BUFFER_SELECT;
  sqe.ioprio = flags;
  sqe.buf_group = GROUP;
  submit(sqe);
}

/* One request goes on and on, a completion a buffer. */
static void multishot(void) {
  unsigned int flags;
  int ends[2];

  open_ring(0);
  provide_buffers();
  stream_pair(AF_INET, 0, ends);
  submit_selecting(IORING_OP_RECV, ends[1], NULL, IORING_RECV_MULTISHOT);
  for (int i = 0; i < 3; i++) {
    SENT(TCP, send(ends[0], data, 1500, 0));
    for (long left = 1500; left;) {
      left -= RECEIVED(TCP, completion(&flags));
      if (!(flags & IORING_CQE_F_MORE))
        errx(1, "the request ended");
    }
  }
  close(ends[0]);
  EXPECT(0, completion(&flags));
}

static void multishot_messages(void) {
  /* What precedes the payload in each buffer. */
  const long header = sizeof(struct io_uring_recvmsg_out);
  struct msghdr incoming = {};
  int ends[2];

  open_ring(0);
  provide_buffers();
  datagram_pair(AF_INET, ends);
  submit_selecting(IORING_OP_RECVMSG, ends[1], &incoming, IORING_RECV_MULTISHOT);
  for (int i = 0; i < 4; i++) {
    struct iovec part = {data, 200 + i};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

    SENT(UDP, sendmsg(ends[0], &message, 0));
    EXPECT(200 + i, RECEIVED(UDP, complete() - header));
  }
}

#ifndef IORING_RECVSEND_BUNDLE
#define IORING_RECVSEND_BUNDLE (1U << 4)
#endif

/* One request fills several buffers, by as many receives as the kernel likes. */
static void bundle(void) {
  long left = 2500, largest = 0;
  int ends[2];

  open_ring(0);
  provide_buffers();
  stream_pair(AF_INET, 0, ends);
  SENT(TCP, send(ends[0], data, 2500, 0));
  while (left) {
    long got;

    submit_selecting(IORING_OP_RECV, ends[1], NULL, IORING_RECVSEND_BUNDLE);
    got = RECEIVED_BYTES(TCP, complete());
    left -= got;
    if (got > largest)
      largest = got;
  }
  if (largest <= BUFFER_SIZE)
    errx(1, "no receive filled two buffers");
}

/* What a worker had sent when the process was killed is what the other end receives. */
static void kill_worker(void) {
  static witnessed_t theirs;
  size_t size = 64 << 20;
  int ends[2];
  pid_t child;
  long got;

  stream_pair(AF_INET, 0, ends);
  child = fork_anew();
  if (!child) {
    void* huge = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    struct io_uring_sqe sqe = request(IORING_OP_SEND, ends[0], huge, size);

    open_ring(0);
    sqe.flags = IOSQE_ASYNC;
    sqe.msg_flags = MSG_WAITALL;
    submit(sqe);
    complete();
    errx(1, "the send ended");
  }
  close(ends[0]);
  receive_all(TCP, ends[1], 1 << 20);
  CHECK(kill(child, SIGKILL));
  await_child(child, SIGKILL);
  while ((got = CHECK(recv(ends[1], buffer, sizeof(buffer), 0))))
    add_moved(&witnessed[TCP][RX], got, 1);
  add_moved(&theirs[TCP][TX], witnessed[TCP][RX].bytes, -1);
  report_of(child, theirs);
}

int main(int argc, char** argv) {
  static const struct scenario scenarios[] = {{"plain", plain},
                                              {"workers", workers},
                                              {"polling", polling},
                                              {"zero-copy", zero_copy},
                                              {"zero-copy-message", zero_copy_message},
                                              {"multishot", multishot},
                                              {"multishot-messages", multishot_messages},
                                              {"bundle", bundle},
                                              {"splice-in", splice_in},
                                              {"kill-worker", kill_worker},
                                              {}};

  return run_scenario(scenarios, argc, argv);
}
