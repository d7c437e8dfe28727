/* SPDX-License-Identifier: MIT */
/* The message of both pairs of programs: who sends it, in 35 bytes. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#define MESSAGE_SIZE 35

/* The spaces around "=" give way to a pid of more than four digits. */
static inline void write_message(char message[MESSAGE_SIZE + 1], const char* who) {
  static const char* const formats[] = {
      "message from %s with PID = %4d",
      "message from %s with PID =%d",
      "message from %s with PID=%d",
      "message from %s with PID%d",
  };

  for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
    if (snprintf(message, MESSAGE_SIZE + 1, formats[i], who, getpid()) == MESSAGE_SIZE)
      return;
  errx(1, "no message of %d bytes holds pid %d", MESSAGE_SIZE, getpid());
}

static inline void print_message(const char* who, const char* peer, const char* message, ssize_t size) {
  printf("%s received: %.*s.\n%s message length: %zd.\n", who, (int)size, message, peer, size);
  fflush(stdout);
}

static inline struct sockaddr_in server_address(int argc, char** argv) {
  return (struct sockaddr_in){
      .sin_family = AF_INET,
      .sin_port = htons(argc > 1 ? atoi(argv[1]) : 9877),
      .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
  };
}

/* Ctrl-C ends the server; recv() and accept() must not be restarted. */
static volatile sig_atomic_t interrupted;

static inline void interrupt(int signal) {
  (void)signal;
  interrupted = 1;
}

static inline void handle_interrupt(void) {
  struct sigaction action = {.sa_handler = interrupt};

  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

#endif
