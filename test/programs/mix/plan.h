/* SPDX-License-Identifier: MIT */
/*
 * The plan of calls of a thread: what it calls, on which socket, with how much. It follows from the seed and the
 * thread's path (`0.3`, `0.3.f7`) alone, never from time or from what a call returned: the same seed, the same plan.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define SLOTS 6
#define LARGEST (256 * 1024)

enum op {
  SEND,
  SENDTO,
  SENDMSG,
  SENDMMSG,
  WRITE,
  WRITEV,
  PWRITEV2,
  RECV,
  RECVFROM,
  RECVMSG,
  RECVMMSG,
  READ,
  READV,
  PREADV2,
  PEEK,
  TRUNCATE,
  WAITALL,
  EMPTY,
  SENDFILE,
  SPLICE_TO,
  SPLICE_FROM,
  REOPEN,
  FORK,
  OPS
};

enum kind { TCP4, TCP6, UDP4, UDP6, UNCONNECTED, KINDS };

struct step {
  enum op op;
  unsigned slot, end, parts, size;
  enum kind kind; /* of REOPEN */
  unsigned steps; /* of FORK: how many the child makes */
  bool exec;      /* of FORK: after half of them it executes itself */
};

struct plan {
  uint64_t state;
  bool whole; /* only calls of which it is known how many messages they are */
  unsigned forks_left;
};

static inline uint64_t random_bits(struct plan* plan) {
  uint64_t z = plan->state += 0x9e3779b97f4a7c15;

  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

static inline unsigned below(struct plan* plan, unsigned limit) {
  return random_bits(plan) % limit;
}

/* Depth is the number of forks between the first process and this one. */
static inline struct plan plan_of(uint64_t seed, const char* path, unsigned depth) {
  struct plan plan = {.state = seed, .forks_left = depth < 2 ? 3 : 0};

  for (; *path; path++)
    plan.state = (plan.state ^ (unsigned char)*path) * 0x100000001b3;
  random_bits(&plan);
  plan.whole = plan.state & 1;
  return plan;
}

/* Most are small; the edges are where things go wrong. */
static inline unsigned random_size(struct plan* plan) {
  static const unsigned edges[] = {1, 2, 1447, 1448, 4095, 4096, 4097, 65507, 65508, 65536, 131072, LARGEST};

  switch (below(plan, 4)) {
    case 0:
      return edges[below(plan, sizeof(edges) / sizeof(*edges))];
    case 1:
      return 1 + below(plan, LARGEST);
    default:
      return 1 + below(plan, 3000);
  }
}

static inline struct step next_step(struct plan* plan) {
  unsigned choice = below(plan, 1000);
  struct step step = {
      .slot = below(plan, SLOTS),
      .end = below(plan, 2),
      .parts = 1 + below(plan, 4),
      .size = random_size(plan),
      .kind = below(plan, KINDS),
      .steps = 20 + below(plan, 200),
      .exec = below(plan, 2),
  };

  if (choice < 3 && plan->forks_left) {
    plan->forks_left--;
    step.op = FORK;
  } else if (choice < 30) {
    step.op = REOPEN;
  } else {
    step.op = below(plan, plan->whole ? SENDFILE : REOPEN);
  }
  return step;
}

static inline uint64_t hash_step(uint64_t hash, const struct step* step) {
  const unsigned words[] = {step->op,   step->slot, step->end,   step->parts,
                            step->size, step->kind, step->steps, step->exec};

  for (unsigned i = 0; i < sizeof(words) / sizeof(*words); i++)
    hash = (hash ^ words[i]) * 0x100000001b3;
  return hash;
}

static inline void print_step(const struct step* step) {
  static const char* const names[OPS] = {"send",     "sendto",    "sendmsg",     "sendmmsg", "write",    "writev",
                                         "pwritev2", "recv",      "recvfrom",    "recvmsg",  "recvmmsg", "read",
                                         "readv",    "preadv2",   "peek",        "truncate", "waitall",  "empty",
                                         "sendfile", "splice-to", "splice-from", "reopen",   "fork"};

  printf("%s slot=%u end=%u parts=%u size=%u kind=%d steps=%u exec=%d\n", names[step->op], step->slot, step->end,
         step->parts, step->size, step->kind, step->steps, step->exec);
}

#endif
