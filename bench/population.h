/* SPDX-License-Identifier: MIT */
/* Sockets and processes, also many of them: what a cost may grow with. */
#ifndef POPULATION_H
#define POPULATION_H

#include <netinet/in.h>

/* The size of a small message. */
#define MESSAGE 35
/* What is known again by its ports is so each time: they are given, below those that the kernel gives. */
#define FIRST_PORT 10000

/* Two ends that are connected to each other, at a port and the next. */
void datagrams(in_addr_t host, unsigned port, int ends[2]);
void connection(unsigned port, int ends[2]);

/*
 * Pairs of connected datagram sockets, each of which was used once, while @holders other processes hold as many, until
 * this one ends.
 */
int (*many_pairs(unsigned count, unsigned holders))[2];

/* Starts processes that sent a message each and wait; says "crowd" and ends them when stdin ends. */
_Noreturn void crowd(unsigned count);

#endif
