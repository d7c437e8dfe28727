/* SPDX-License-Identifier: MIT */
/* io_uring without a library: as much of it as the tests call. */
#ifndef RING_H
#define RING_H

#include <err.h>
#include <errno.h>
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "witness.h"

/* A few requests at a time. */
static struct {
  int fd;
  unsigned int flags;
  unsigned int *sq_tail, *sq_mask, *sq_array, *sq_flags;
  unsigned int *cq_head, *cq_tail, *cq_mask;
  struct io_uring_sqe* sqes;
  struct io_uring_cqe* cqes;
} ring;

static inline void* map(size_t size, off_t offset) {
  void* at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd, offset);

  if (at == MAP_FAILED)
    err(1, "mmap");
  return at;
}

static inline void open_ring(unsigned int flags) {
  struct io_uring_params params = {.flags = flags, .sq_thread_idle = 1000};
  char *sq, *cq;

  ring.flags = flags;
  ring.fd = CHECK(syscall(__NR_io_uring_setup, 4, &params));
  sq = map(params.sq_off.array + params.sq_entries * sizeof(unsigned int), IORING_OFF_SQ_RING);
  cq = map(params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
  ring.sqes = map(params.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
  ring.sq_tail = (unsigned int*)(sq + params.sq_off.tail);
  ring.sq_mask = (unsigned int*)(sq + params.sq_off.ring_mask);
  ring.sq_array = (unsigned int*)(sq + params.sq_off.array);
  ring.sq_flags = (unsigned int*)(sq + params.sq_off.flags);
  ring.cq_head = (unsigned int*)(cq + params.cq_off.head);
  ring.cq_tail = (unsigned int*)(cq + params.cq_off.tail);
  ring.cq_mask = (unsigned int*)(cq + params.cq_off.ring_mask);
  ring.cqes = (struct io_uring_cqe*)(cq + params.cq_off.cqes);
}

static inline void queue(struct io_uring_sqe request) {
  unsigned int tail = *ring.sq_tail;
  unsigned int index = tail & *ring.sq_mask;

  ring.sqes[index] = request;
  ring.sq_array[index] = index;
  __atomic_store_n(ring.sq_tail, tail + 1, __ATOMIC_SEQ_CST);
}

static inline void submit_queued(unsigned int count) {
  unsigned int enter = 0;

  if (ring.flags & IORING_SETUP_SQPOLL) {
    if (__atomic_load_n(ring.sq_flags, __ATOMIC_SEQ_CST) & IORING_SQ_NEED_WAKEUP)
      enter = IORING_ENTER_SQ_WAKEUP;
  }
  CHECK(syscall(__NR_io_uring_enter, ring.fd, count, 0, enter, NULL, 0));
}

static inline void submit(struct io_uring_sqe request) {
  queue(request);
  submit_queued(1);
}

/* The next completion; its flags go to @flags. */
static inline long completion(unsigned int* flags) {
  unsigned int head = *ring.cq_head;
  struct io_uring_cqe* cqe = &ring.cqes[head & *ring.cq_mask];
  long result;

  while (head == __atomic_load_n(ring.cq_tail, __ATOMIC_ACQUIRE))
    CHECK(syscall(__NR_io_uring_enter, ring.fd, 0, 1, IORING_ENTER_GETEVENTS, NULL, 0));
  result = cqe->res;
  *flags = cqe->flags;
  __atomic_store_n(ring.cq_head, head + 1, __ATOMIC_RELEASE);
  if (result < 0) {
    errno = -result;
    return -1;
  }
  return result;
}

static inline long complete(void) {
  unsigned int flags;

  return completion(&flags);
}

static inline struct io_uring_sqe request(int opcode, int fd, void* from, size_t size) {
  return (struct io_uring_sqe){.opcode = opcode, .fd = fd, .addr = (unsigned long)from, .len = size};
}

static inline long perform(struct io_uring_sqe sqe) {
  submit(sqe);
  return complete();
}

#endif
