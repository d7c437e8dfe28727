// SPDX-License-Identifier: MIT
/* short.out N: one datagram of N bytes to itself, and nothing else. */
#include "../witness.h"

int main(int argc, char** argv) {
  static char buffer[65536];
  int ends[2];

  datagram_pair(AF_INET, ends);
  SENT(UDP, send(ends[0], buffer, argc > 1 ? atoi(argv[1]) : 1, 0));
  RECEIVED(UDP, recv(ends[1], buffer, sizeof(buffer), 0));
  return 0;
}
