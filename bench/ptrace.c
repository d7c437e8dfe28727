// SPDX-License-Identifier: MIT
/*
 * Usage: ptrace.out COMMAND …
 * The least code that counts a program's traffic with ptrace(): it stops the program at each system call and adds up
 * what sendto and recvfrom returned. It watches one process and does not follow its children.
 */
#include <err.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ptrace.h>

int main(int argc, char** argv) {
  unsigned long long sent = 0, received = 0;
  unsigned long call = 0;
  pid_t child;
  int status;

  if (argc < 2)
    errx(2, "usage: ptrace.out COMMAND ...");
  child = fork();
  if (!child) {
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    execv(argv[1], argv + 1);
    err(127, "%s", argv[1]);
  }
  waitpid(child, &status, 0);
  ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  while (ptrace(PTRACE_SYSCALL, child, 0, 0) == 0 && waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
    struct ptrace_syscall_info info;

    if (ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(info), &info) <= 0)
      break;
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
      call = info.entry.nr;
    else if (info.op == PTRACE_SYSCALL_INFO_EXIT && info.exit.rval > 0 && call == SYS_sendto)
      sent += info.exit.rval;
    else if (info.op == PTRACE_SYSCALL_INFO_EXIT && info.exit.rval > 0 && call == SYS_recvfrom)
      received += info.exit.rval;
  }
  fprintf(stderr, "received %llu bytes, sent %llu bytes\n", received, sent);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
