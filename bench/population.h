/* SPDX-License-Identifier: MIT */
/* Opens sockets and starts processes, in any number, because the cost may grow with their number. */
#ifndef POPULATION_H
#define POPULATION_H

#include <netinet/in.h>

/* The size of a small message. */
#define MESSAGE 35
/* Fixed ports, below those that the kernel assigns, so the flow cache behaves the same in each run. */
#define FIRST_PORT 10000

/* Opens two sockets that are connected to each other, at @port and the next port. */
void datagrams(in_addr_t host, unsigned port, int ends[2]);
void connection(unsigned port, int ends[2]);

/*
 * Returns @count pairs of connected datagram sockets, each of which was used once. @holders other processes hold the same
 * number of pairs, until this process ends.
 */
int (*many_pairs(unsigned count, unsigned holders))[2];

/* Starts @count processes that each send a message and wait. Prints "crowd", and ends them when stdin ends. */
_Noreturn void crowd(unsigned count);

#endif
