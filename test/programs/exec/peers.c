// SPDX-License-Identifier: MIT
/*
 * peers.out: datagrams to and from new sockets again and again, in four threads, and connections
 * as well: more flows than are kept. Runs until its standard input ends, and then reports what it
 * counted itself.
 */
#define _GNU_SOURCE
#include "../witness.h"

#include <pthread.h>
#include <stdatomic.h>

static atomic_bool ended;

static void* exchange(void* argument) {
  static __thread char buffer[3000];
  unsigned int size = 0;
  int ends[2];

  (void)argument;
  while (!ended) {
    size = (size + 37) % sizeof(buffer);
    datagram_pair(AF_INET, ends);
    SENT(UDP, send(ends[0], buffer, size, 0));
    RECEIVED(UDP, recv(ends[1], buffer, sizeof(buffer), 0));
    close(ends[0]);
    close(ends[1]);
    stream_pair(AF_INET6, 0, ends);
    SENT(TCP, send(ends[0], buffer, size + 1, 0));
    receive_all(TCP, ends[1], size + 1);
    close(ends[0]);
    close(ends[1]);
  }
  return NULL;
}

int main(void) {
  pthread_t thread[4];
  char byte;

  for (int i = 0; i < 4; i++)
    if (pthread_create(&thread[i], NULL, exchange, NULL))
      errx(1, "pthread_create");
  while (read(STDIN_FILENO, &byte, 1) > 0)
    ;
  ended = true;
  for (int i = 0; i < 4; i++)
    pthread_join(thread[i], NULL);
  report_witness();
  return 0;
}
