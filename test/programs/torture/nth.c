// SPDX-License-Identifier: MIT
/*
 * Makes the n-th allocation (or copy from user space) of an operation fail, for n = 1, 2, … until no allocation fails.
 * Uses the kernel's /proc/PID/fail-nth.
 *   nth.out load FROM TO KO PARAMETERS   loads the module, and unloads it if the load succeeded; FROM 0: the module's own
 *   nth.out commands FROM TO             reads each file and writes the commands of a session
 *   nth.out process FROM TO              executes itself as `nth.out moves`, which prints what it sent and received
 * FROM and TO are the first and the last n; the program ends earlier if no fault was injected.
 */
#define _GNU_SOURCE
#include "../witness.h"

#include <fcntl.h>
#include <linux/module.h>
#include <sys/syscall.h>

static int nth;
static unsigned long operations, faults;

static void open_nth(void) {
  char path[64];

  snprintf(path, sizeof(path), "/proc/self/task/%ld/fail-nth", syscall(__NR_gettid));
  nth = CHECK(open(path, O_RDWR | O_CLOEXEC));
}

static void fail(int n) {
  char text[16];

  CHECK(pwrite(nth, text, snprintf(text, sizeof(text), "%d", n), 0));
}

/* Whether a fault was met; none is to come any more. Where the question itself meets it, the operation has not. */
static bool was_met(void) {
  char text[16] = "";
  bool met = pread(nth, text, sizeof(text) - 1, 0) > 0 && atoi(text) == 0;

  if (pwrite(nth, "0", 1, 0) < 0 && errno != EFAULT)
    err(1, "fail-nth");
  operations++;
  faults += met;
  return met;
}

/*
 * How many allocations the kernel makes before it calls the module: one that it refuses for want of a name gets so far.
 * Those are not the module's to undo.
 */
static int before_module(int ko) {
  const int many = 1000000;
  char text[16] = "";

  fail(many);
  if (!syscall(__NR_finit_module, ko, "", 0))
    errx(1, "it loads without a name");
  CHECK(pread(nth, text, sizeof(text) - 1, 0));
  fail(0);
  return many - atoi(text);
}

static bool load_once(int n, int ko, const char* parameters) {
  long result;
  bool met;

  fail(n);
  result = syscall(__NR_finit_module, ko, parameters, 0);
  met = was_met();
  if (result == 0) {
    /* An operation of ours that is refused once is tried again. */
    while (syscall(__NR_delete_module, "net_traffic", O_NONBLOCK))
      if (errno != EAGAIN && errno != EBUSY)
        err(1, "delete_module after fault %d", n);
  } else if (!met) {
    err(1, "finit_module without a fault");
  } else if (!access("/proc/net_traffic", F_OK)) {
    errx(1, "fault %d: the load failed, and /proc/net_traffic is there", n);
  }
  return met;
}

/* What is prepared by @first without a fault, and what is done with one. */
static bool command_once(int n, const char* first, const char* text) {
  int fd = CHECK(open("/proc/net_traffic/control", O_RDWR | O_CLOEXEC));
  bool met;

  if (first)
    CHECK(write(fd, first, strlen(first)));
  fail(n);
  if (write(fd, text, strlen(text)) < 0 && errno != ENOMEM && errno != EFAULT && errno != ESRCH)
    err(1, "%s", text);
  met = was_met();
  fail(n);
  close(fd);
  return was_met() || met;
}

static bool read_once(int n, const char* file) {
  char path[64], buffer[4096];
  bool met;
  int fd;

  snprintf(path, sizeof(path), "/proc/net_traffic/%s", file);
  fail(n);
  fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd >= 0) {
    while (read(fd, buffer, sizeof(buffer)) > 0)
      ;
    close(fd);
  }
  met = was_met();
  return met;
}

static bool commands_once(int n) {
  static const char* const files[] = {"counters", "flows", "programs", "status", "control"};
  static const char* const texts[] = {"watch some-program", "watch /some/*", "attach 1", "children on", "clear 1"};
  char detach[32];
  bool met = command_once(n, NULL, "session");

  for (unsigned i = 0; i < sizeof(texts) / sizeof(*texts); i++)
    met |= command_once(n, "session", texts[i]);
  snprintf(detach, sizeof(detach), "detach %d", getpid());
  met |= command_once(n, "session", detach);
  for (unsigned i = 0; i < sizeof(files) / sizeof(*files); i++)
    met |= read_once(n, files[i]);
  return met;
}

static void count(enum transport transport, enum direction direction, long result) {
  if (result > 0)
    add_moved(&witnessed[transport][direction], result, 1);
}

/* A call that a fault ends is no message; so is one that there is no socket for. */
static void move_some(void) {
  char buffer[2000];
  int ends[2];

  for (int i = 0; i < 3; i++) {
    struct sockaddr_storage address[2];
    socklen_t size = 0;

    for (int e = 0; e < 2; e++) {
      size = loopback(AF_INET, &address[e]);
      ends[e] = socket(AF_INET, SOCK_DGRAM, 0);
      bind(ends[e], (struct sockaddr*)&address[e], size);
      getsockname(ends[e], (struct sockaddr*)&address[e], &size);
    }
    for (int e = 0; e < 2; e++)
      connect(ends[e], (struct sockaddr*)&address[!e], size);
    count(UDP, TX, send(ends[0], buffer, 100 + i, MSG_DONTWAIT));
    count(UDP, RX, recv(ends[1], buffer, sizeof(buffer), MSG_DONTWAIT));
    close(ends[0]);
    close(ends[1]);
  }
}

static int moves(void) {
  pid_t child;
  bool met;

  open_nth();
  move_some();
  child = fork();
  if (child == 0) {
    memset(&witnessed, 0, sizeof(witnessed));
    move_some();
    report_witness();
    exit(0);
  }
  if (child > 0)
    waitpid(child, NULL, 0);
  move_some();
  met = was_met();
  report_witness();
  return met ? 0 : 3;
}

/* Ends with 3 when no fault was met; by SIGKILL when the exec failed past the point where it could go back. */
static bool process_once(int n) {
  int status;
  pid_t child;

  fflush(stdout);
  child = CHECK(fork());
  if (!child) {
    open_nth();
    fail(n);
    execl("/proc/self/exe", "nth.out", "moves", NULL);
    _exit(127);
  }
  CHECK(waitpid(child, &status, 0));
  operations++;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 3)
    return false;
  faults++;
  return true;
}

int main(int argc, char** argv) {
  int from, to, ko = -1;

  setvbuf(stdout, NULL, _IOLBF, 0);
  if (argc > 1 && !strcmp(argv[1], "moves"))
    return moves();
  if (argc < 4)
    errx(2, "usage: nth.out load|commands|process FROM TO …");
  from = atoi(argv[2]);
  to = atoi(argv[3]);
  if (!strcmp(argv[1], "load"))
    ko = CHECK(open(argv[4], O_RDONLY | O_CLOEXEC));
  if (strcmp(argv[1], "process"))
    open_nth();
  if (ko >= 0 && from == 0)
    from = before_module(ko) - 20;
  for (int n = from; n <= to; n++) {
    bool met = !strcmp(argv[1], "load")       ? load_once(n, ko, argv[5])
               : !strcmp(argv[1], "commands") ? commands_once(n)
                                              : process_once(n);
    if (!met)
      break;
    if (n % 50 == 0)
      fprintf(stderr, "%s: fault %d\n", argv[1], n);
  }
  printf("did %s_under_faults %lu\ndid faults_injected %lu\n", argv[1], operations, faults);
  return 0;
}
