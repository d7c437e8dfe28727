// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import type { AlreadyRunning } from '../model/api-results';
import type { Host } from '../system/host';
import { hasInitialPids } from '../system/pid-namespace';
import { matches } from './pattern';

const COMM_MAX = 15;

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return ''; // The process has ended, is a kernel thread, or belongs to another user.
  }
}

/** The names under which a process may have been executed: its file, its first argument, its script, its name. */
function candidates(folder: string): string[] {
  const comm = attempt(() => fs.readFileSync(path.join(folder, 'comm'), 'utf8')).trimEnd();
  const exe = attempt(() => fs.readlinkSync(path.join(folder, 'exe'))).replace(/ \(deleted\)$/, '');
  const [first = '', second = ''] = attempt(() => fs.readFileSync(path.join(folder, 'cmdline'), 'utf8')).split('\0');
  // The second argument of an interpreter is the script, and the kernel names the process after the script. The kernel
  // cuts that name off at 15 bytes, so that only a shorter name can be compared itself.
  const script = path.basename(second).startsWith(comm) && comm !== '' ? second : '';
  return [exe, first, script, comm.length < COMM_MAX ? comm : ''].filter((candidate) => candidate !== '');
}

/**
 * Running processes that match one of the programs, except this process and the counted ones in `known`. In a PID
 * namespace of its own the result is empty: `known` holds PIDs of the initial namespace, which differ from those in /proc.
 */
export function findRunning(host: Host, programs: readonly string[], known: ReadonlySet<number>): AlreadyRunning[] {
  if (programs.length === 0 || !hasInitialPids(host)) return [];
  const pids = fs
    .readdirSync(host.proc)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && !known.has(pid))
    .sort((a, b) => a - b);
  return pids.flatMap((pid) => {
    const names = candidates(path.join(host.proc, String(pid)));
    const program = programs.find((wanted) => names.some((name) => matches(wanted, name)));
    return program === undefined ? [] : [{ program, pid }];
  });
}
