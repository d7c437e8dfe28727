// SPDX-License-Identifier: MIT
/*
 * steps.out STEP [ARGUMENT …] …: does one step after the other.
 *   send N                 a datagram of N bytes to itself, and receives it
 *   wait                   until a line comes on stdin
 *   busy                   sends a byte to itself again and again until one does
 *   fork                   the child does the rest; the parent waits for it and exits with 0
 *   fork-on                the child exits at once, the parent goes on
 *   leave                  the child goes on in a session of its own, the parent is gone at once
 *   threads N              N threads that each send 1 byte to themselves
 *   try PATH               an exec that has to fail
 *   execve PATH [ARG …]    becomes that program
 *   fexecve PATH [ARG …]   the same by descriptor
 *   memfd NAME PATH [ARG …]   the same from a copy in memory
 *   thread PATH [ARG …]    the same, called by another thread than the first
 *   exit N, kill SIGNAL    the end
 */
#define _GNU_SOURCE
#include "../witness.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>

extern char** environ;

static void send_to_self(size_t size) {
  static __thread char buffer[65536];
  int ends[2];

  datagram_pair(AF_INET, ends);
  SENT(UDP, send(ends[0], buffer, size, 0));
  RECEIVED(UDP, recv(ends[1], buffer, sizeof(buffer), 0));
  close(ends[0]);
  close(ends[1]);
}

static void* send_one(void* argument) {
  send_to_self(1);
  return argument;
}

static void in_threads(int count) {
  pthread_t thread[count];

  for (int i = 0; i < count; i++)
    if (pthread_create(&thread[i], NULL, send_one, NULL))
      errx(1, "pthread_create");
  for (int i = 0; i < count; i++)
    pthread_join(thread[i], NULL);
}

static void wait_for_line(void) {
  char c;

  puts("waiting");
  fflush(stdout);
  do
    if (read(STDIN_FILENO, &c, 1) != 1)
      exit(0);
  while (c != '\n');
}

static void fork_and_follow(void) {
  pid_t child = CHECK(fork());

  if (child) {
    CHECK(waitpid(child, NULL, 0));
    exit(0);
  }
  printf("child %d\n", getpid());
  fflush(stdout);
}

static void fork_and_go_on(void) {
  pid_t child = CHECK(fork());

  if (!child)
    _exit(0);
  CHECK(waitpid(child, NULL, 0));
  printf("child %d\n", child);
  fflush(stdout);
}

static void leave(void) {
  if (CHECK(fork()))
    _exit(0);
  CHECK(setsid());
  printf("child %d\n", getpid());
  fflush(stdout);
}

static void execute_memory(const char* name, char** argv) {
  int from = CHECK(open(argv[0], O_RDONLY | O_CLOEXEC));
  int memory = CHECK(memfd_create(name, MFD_CLOEXEC));
  struct stat file;

  CHECK(fstat(from, &file));
  for (off_t left = file.st_size; left;)
    left -= CHECK(sendfile(memory, from, NULL, left));
  fexecve(memory, argv, environ);
  err(1, "fexecve");
}

static void* execute(void* argv) {
  execve(*(char**)argv, argv, environ);
  err(1, "execve");
}

int main(int argc, char** argv) {
  (void)argc;
  while (*++argv) {
    const char* step = *argv;

    if (!strcmp(step, "send")) {
      send_to_self(atoi(*++argv));
    } else if (!strcmp(step, "wait")) {
      wait_for_line();
    } else if (!strcmp(step, "busy")) {
      struct pollfd input = {.events = POLLIN};

      while (!CHECK(poll(&input, 1, 0)))
        send_to_self(1);
      wait_for_line();
    } else if (!strcmp(step, "fork")) {
      fork_and_follow();
    } else if (!strcmp(step, "fork-on")) {
      fork_and_go_on();
    } else if (!strcmp(step, "leave")) {
      leave();
    } else if (!strcmp(step, "threads")) {
      in_threads(atoi(*++argv));
    } else if (!strcmp(step, "try")) {
      char* arguments[] = {*++argv, NULL};

      if (!execve(*argv, arguments, environ))
        errx(1, "nobody is here");
    } else if (!strcmp(step, "execve")) {
      execute(argv + 1);
    } else if (!strcmp(step, "fexecve")) {
      fexecve(CHECK(open(argv[1], O_RDONLY | O_CLOEXEC)), argv + 1, environ);
      err(1, "fexecve");
    } else if (!strcmp(step, "memfd")) {
      execute_memory(argv[1], argv + 2);
    } else if (!strcmp(step, "thread")) {
      pthread_t thread;

      if (pthread_create(&thread, NULL, execute, argv + 1))
        errx(1, "pthread_create");
      pthread_join(thread, NULL);
    } else if (!strcmp(step, "exit")) {
      exit(atoi(*++argv));
    } else if (!strcmp(step, "kill")) {
      raise(atoi(*++argv));
    } else {
      errx(2, "no step %s", step);
    }
  }
  return 0;
}
