// SPDX-License-Identifier: MIT
import fs from 'node:fs';

/**
 * Whether this process is of the job in the foreground of a terminal, which sends Ctrl-C and Ctrl-\ to each process of
 * that job.
 */
export function inForeground(): boolean {
  // The fields follow the name, which is in brackets and may hold some: state ppid pgrp session tty_nr tpgid.
  const stat = fs.readFileSync('/proc/self/stat', 'utf8');
  const [, , group, , terminal, foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return terminal !== '0' && group === foreground;
}
