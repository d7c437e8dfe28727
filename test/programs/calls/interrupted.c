// SPDX-License-Identifier: MIT
/* Calls that end before their time: time limits, signals, a shutdown, the death of the process. */
#define _GNU_SOURCE
#include "../witness.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/time.h>

/* More than all buffers on the way hold. */
#define HUGE (64u << 20)

static char* huge;
static char buffer[65536];

static void map_huge(void) {
  huge = mmap(NULL, HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (huge == MAP_FAILED)
    err(1, "mmap");
}

static void time_limit(int fd, int option) {
  struct timeval limit = {.tv_usec = 50000};

  CHECK(setsockopt(fd, SOL_SOCKET, option, &limit, sizeof(limit)));
}

/* What fits into the buffers before the time is over; in the end nothing does. */
static void send_timeout(void) {
  long all = 0, sent;
  int ends[2];

  map_huge();
  stream_pair(AF_INET, 0, ends);
  time_limit(ends[0], SO_SNDTIMEO);
  while ((sent = send(ends[0], huge, HUGE, 0)) > 0)
    all += SENT(TCP, sent);
  if (errno != EAGAIN || !all)
    err(1, "send: %ld", sent);
  receive_all(TCP, ends[1], all);
}

static void receive_timeout(void) {
  int ends[2];

  stream_pair(AF_INET, 0, ends);
  time_limit(ends[1], SO_RCVTIMEO);
  FAILS(EAGAIN, recv(ends[1], buffer, 10, 0));
  SENT(TCP, send(ends[0], buffer, 100, 0));
  EXPECT(100, RECEIVED(TCP, recv(ends[1], buffer, 5000, MSG_WAITALL)));
  FAILS(EAGAIN, recv(ends[1], buffer, 10, 0));
  datagram_pair(AF_INET, ends);
  time_limit(ends[1], SO_RCVTIMEO);
  FAILS(EAGAIN, recv(ends[1], buffer, 10, 0));
}

static atomic_int alarms;

static void on_alarm(int number) {
  (void)number;
  alarms++;
}

/* Signals again and again, so that one comes when the call sleeps. */
static void alarms_on(int flags) {
  struct sigaction action = {.sa_handler = on_alarm, .sa_flags = flags};
  struct itimerval often = {.it_interval = {.tv_usec = 20000}, .it_value = {.tv_usec = 20000}};

  CHECK(sigaction(SIGALRM, &action, NULL));
  CHECK(setitimer(ITIMER_REAL, &often, NULL));
}

static void alarms_off(void) {
  CHECK(setitimer(ITIMER_REAL, &(struct itimerval){}, NULL));
}

static void signal_send(void) {
  int ends[2];
  long sent;

  map_huge();
  stream_pair(AF_INET, 0, ends);
  alarms_on(0);
  sent = send(ends[0], huge, HUGE, 0);
  alarms_off();
  SENT(TCP, sent);
  if (!sent || sent == HUGE)
    errx(1, "send: %ld", sent);
  receive_all(TCP, ends[1], sent);
}

static void signal_receive(void) {
  int ends[2];
  long got;

  stream_pair(AF_INET, 0, ends);
  SENT(TCP, send(ends[0], buffer, 100, 0));
  alarms_on(0);
  got = recv(ends[1], buffer, 5000, MSG_WAITALL);
  alarms_off();
  EXPECT(100, RECEIVED(TCP, got));
  alarms_on(0);
  got = recv(ends[1], buffer, 5000, 0);
  alarms_off();
  if (got != -1 || errno != EINTR)
    err(1, "recv: %ld", got);
}

/* It sends when the receiver has been woken, and put to sleep again, by two signals. */
static void* send_late(void* argument) {
  sigset_t alarm;

  sigemptyset(&alarm);
  sigaddset(&alarm, SIGALRM);
  pthread_sigmask(SIG_BLOCK, &alarm, NULL);
  for (int before = alarms; alarms < before + 2;)
    usleep(1000);
  SENT(TCP, send(*(int*)argument, buffer, 77, 0));
  return NULL;
}

static void signal_restart(void) {
  pthread_t sender;
  int ends[2];

  stream_pair(AF_INET, 0, ends);
  alarms_on(SA_RESTART);
  if (pthread_create(&sender, NULL, send_late, &ends[0]))
    errx(1, "pthread_create");
  EXPECT(77, RECEIVED(TCP, recv(ends[1], buffer, 5000, 0)));
  alarms_off();
  pthread_join(sender, NULL);
}

/* Until somebody sleeps in a call of this socket's process: what it waits for never comes. */
static void await_sleep(pid_t process) {
  char path[32], line[256], state = 0;

  snprintf(path, sizeof(path), "/proc/%d/stat", process);
  while (state != 'S') {
    FILE* file = fopen(path, "r");

    if (!file || !fgets(line, sizeof(line), file))
      err(1, "%s", path);
    fclose(file);
    state = strrchr(line, ')')[2];
  }
}

static void shut_down(void) {
  int ends[2];
  pid_t child;

  stream_pair(AF_INET, 0, ends);
  child = fork_anew();
  if (!child) {
    /* It sleeps until the parent shuts the socket down. */
    EXPECT(0, recv(ends[1], buffer, 10, 0));
    FAILS(EPIPE, send(ends[1], buffer, 10, MSG_NOSIGNAL));
    end_child();
  }
  await_sleep(child);
  CHECK(shutdown(ends[1], SHUT_RDWR));
  await_child(child, 0);
  EXPECT(0, recv(ends[1], buffer, 10, 0));
  EXPECT(0, recv(ends[0], buffer, 10, 0));
}

/* To the end of the stream; how much that was. */
static long receive_rest(int from) {
  long rest = 0, got;

  while ((got = CHECK(recv(from, buffer, sizeof(buffer), 0)))) {
    add_moved(&witnessed[TCP][RX], got, 1);
    rest += got;
  }
  return rest;
}

/* A blocking send that is half done when its socket is shut down returns what it had done. */
static void shut_down_send(void) {
  int ends[2];
  pid_t child;

  map_huge();
  stream_pair(AF_INET, 0, ends);
  child = fork_anew();
  if (!child) {
    SENT(TCP, send(ends[0], huge, HUGE, MSG_NOSIGNAL));
    end_child();
  }
  receive_all(TCP, ends[1], 1 << 20);
  CHECK(shutdown(ends[0], SHUT_WR));
  await_child(child, 0);
  receive_rest(ends[1]);
}

/* Everything to the end of the stream: what the other process, which cannot say it any more, had sent. */
static void report_killed_sender(int from, pid_t killed, int messages) {
  static witnessed_t theirs;

  receive_rest(from);
  add_moved(&theirs[TCP][TX], witnessed[TCP][RX].bytes, messages);
  report_of(killed, theirs);
}

/*
 * A call that was killed returns to nobody, but it has returned in the kernel, with what it had put
 * into the send queue; and that the kernel still delivers.
 */
static void kill_send(void) {
  int ends[2];
  pid_t child;

  map_huge();
  stream_pair(AF_INET, 0, ends);
  child = fork_anew();
  if (!child) {
    send(ends[0], huge, HUGE, 0);
    errx(1, "the send ended");
  }
  close(ends[0]);
  receive_all(TCP, ends[1], 1 << 20);
  CHECK(kill(child, SIGKILL));
  await_child(child, SIGKILL);
  report_killed_sender(ends[1], child, 1);
}

static void kill_sendfile(void) {
  int file = CHECK(memfd_create("data", 0));
  int ends[2];
  pid_t child;

  CHECK(ftruncate(file, HUGE));
  stream_pair(AF_INET, 0, ends);
  child = fork_anew();
  if (!child) {
    sendfile(ends[0], file, NULL, HUGE);
    errx(1, "sendfile ended");
  }
  close(ends[0]);
  receive_all(TCP, ends[1], 1 << 20);
  CHECK(kill(child, SIGKILL));
  await_child(child, SIGKILL);
  report_killed_sender(ends[1], child, -1);
}

/* What was sent and is not in the queue: the killed process had taken it. */
static void kill_receive(void) {
  static witnessed_t theirs;
  int ends[2], queued;
  pid_t child;

  map_huge();
  stream_pair(AF_INET, 0, ends);
  child = fork_anew();
  if (!child) {
    recv(ends[1], huge, HUGE, MSG_WAITALL);
    errx(1, "recv ended");
  }
  SENT(TCP, send(ends[0], buffer, 50000, 0));
  do
    CHECK(ioctl(ends[1], SIOCINQ, &queued));
  while (queued == 50000);
  CHECK(kill(child, SIGKILL));
  await_child(child, SIGKILL);
  SENT(TCP, send(ends[0], buffer, 1000, 0));
  CHECK(shutdown(ends[0], SHUT_WR));
  add_moved(&theirs[TCP][RX], 51000 - receive_rest(ends[1]), 1);
  report_of(child, theirs);
}

int main(int argc, char** argv) {
  static const struct scenario scenarios[] = {{"send-timeout", send_timeout},
                                              {"receive-timeout", receive_timeout},
                                              {"signal-send", signal_send},
                                              {"signal-receive", signal_receive},
                                              {"signal-restart", signal_restart},
                                              {"shutdown", shut_down},
                                              {"shutdown-send", shut_down_send},
                                              {"kill-send", kill_send},
                                              {"kill-sendfile", kill_sendfile},
                                              {"kill-receive", kill_receive},
                                              {}};

  return run_scenario(scenarios, argc, argv);
}
