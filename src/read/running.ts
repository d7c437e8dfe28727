// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import type { Host } from '../system/host';
import { hasInitialPids } from '../system/pid-namespace';
import { matches } from './pattern';

/** A process that is not counted, because it was there before its name was watched. */
export interface AlreadyRunning {
  readonly program: string;
  readonly pid: number;
}

const COMM_MAX = 15;

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return ''; // it ended meanwhile, is a kernel thread, or another user's
  }
}

/** What a process may have been executed as: its file, its first argument, its name. */
function candidates(folder: string): string[] {
  const comm = attempt(() => fs.readFileSync(path.join(folder, 'comm'), 'utf8')).trimEnd();
  const exe = attempt(() => fs.readlinkSync(path.join(folder, 'exe'))).replace(/ \(deleted\)$/, '');
  const [first = '', second = ''] = attempt(() => fs.readFileSync(path.join(folder, 'cmdline'), 'utf8')).split('\0');
  // An interpreter's second argument is the script, and the kernel names the process after the script. Not cut off,
  // that name can be compared itself.
  const script = path.basename(second).startsWith(comm) && comm !== '' ? second : '';
  return [exe, first, script, comm.length < COMM_MAX ? comm : ''].filter((candidate) => candidate !== '');
}

/**
 * Processes that run one of the programs now, apart from those in `known` (which are counted) and this one. None in
 * another PID namespace than the initial one: neither `known` nor what could be done about them is by the PIDs there.
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
