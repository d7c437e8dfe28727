// SPDX-License-Identifier: MIT
import { TrafficError } from '../model/errors';
import type { MonitorOptions } from '../model/api-options';
import { attach, watch } from '../module/load';
import { checkModuleOptions } from '../module/parameters';
import { requireLinux, type Host } from '../system/host';
import { openSampler } from './begin-session';
import { Session } from './session';

const INTERVAL_MAX = 0x7fffffff;

/** @throws {TrafficError} ERR_INVALID_ARGUMENT */
export function checkInterval(milliseconds: number): void {
  if (milliseconds >= 1 && milliseconds <= INTERVAL_MAX) return;
  throw new TrafficError(
    'ERR_INVALID_ARGUMENT',
    `interval is ${milliseconds}, but must be 1 to ${INTERVAL_MAX} milliseconds.`,
  );
}

/** The internal form of `monitor()`. */
export async function monitorOn(host: Host, options: MonitorOptions): Promise<Session> {
  requireLinux(host);
  const { programs = [], pids = [], follow = true, families = ['inet'], interval = 1000, history = 1024 } = options;
  const { flows = false, engine, ko, signal } = options;
  checkModuleOptions({ programs, pids, families, engine, history });
  checkInterval(interval);
  if (pids.length > 0 && !follow) {
    throw new TrafficError(
      'ERR_INVALID_ARGUMENT',
      'follow cannot be false if pids are given: the children of a process named by PID are always counted.',
    );
  }

  const sampler = await openSampler(host, { families, engine, ko, history, flows, signal }, (control) => {
    for (const name of programs) watch(control, name, follow);
    for (const pid of pids) attach(control, pid);
  });
  return new Session(sampler, interval, signal);
}
