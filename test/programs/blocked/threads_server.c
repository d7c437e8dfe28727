// SPDX-License-Identifier: MIT
/* threads_server.out N: N connections, each with a thread that receives one message and prints it. */
#define _GNU_SOURCE
#include "../witness.h"

#include <pthread.h>

static void* receive(void* argument) {
  char message[100];
  int fd = (long)argument;
  long size = recv(fd, message, sizeof(message) - 1, 0);

  if (size < 0)
    printf("recv -1 %s\n", strerrorname_np(errno));
  else
    printf("recv %ld %.*s\n", size, (int)size, message);
  fflush(stdout);
  return NULL;
}

int main(int argc, char** argv) {
  int count = argc > 1 ? atoi(argv[1]) : 50;
  int listener = CHECK(socket(AF_INET, SOCK_STREAM, 0));
  struct sockaddr_storage address;
  socklen_t size = loopback(AF_INET, &address);
  pthread_t thread[count];

  CHECK(bind(listener, (struct sockaddr*)&address, size));
  CHECK(listen(listener, count));
  CHECK(getsockname(listener, (struct sockaddr*)&address, &size));
  printf("port %d\n", ntohs(((struct sockaddr_in*)&address)->sin_port));
  fflush(stdout);
  for (long i = 0; i < count; i++) {
    long fd = CHECK(accept(listener, NULL, NULL));

    if (pthread_create(&thread[i], NULL, receive, (void*)fd))
      errx(1, "pthread_create");
  }
  for (long i = 0; i < count; i++)
    pthread_join(thread[i], NULL);
  return 0;
}
