/* SPDX-License-Identifier: MIT */
/* Many sockets and many processes: what a cost may grow with. */
#ifndef POPULATION_H
#define POPULATION_H

/* The size of a small message. */
#define MESSAGE 35

/*
 * Pairs of connected datagram sockets, each of which was used once, while @holders other processes hold as many, until
 * this one ends.
 */
int (*many_pairs(unsigned count, unsigned holders))[2];

/* Starts processes that sent as many messages each and wait; says "crowd" and ends them when stdin ends. */
_Noreturn void crowd(unsigned count, unsigned messages);

#endif
