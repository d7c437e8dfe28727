// SPDX-License-Identifier: MIT
import { TrafficError } from '../model/errors';
import { attach, watch } from '../module/load';
import { checkModuleOptions, type WatchOptions } from '../module/parameters';
import { requireLinux, thisHost, type Host } from '../system/host';
import { openSampler } from './begin-session';
import { Session } from './session';

export interface MonitorOptions extends WatchOptions {
  /** Milliseconds between two samples, 1 to 2147483647. Default 1000. Events come with the samples. */
  interval?: number | undefined;
  /** How many ended processes stay in the snapshots; older ones are in the totals only. Default 1024. */
  history?: number | undefined;
  /** Also with whom: `flows`, `byRemote` and `byScope` in the snapshots. Default false. */
  flows?: boolean | undefined;
  /** Aborting it closes the session; iterations throw its reason. */
  signal?: AbortSignal | undefined;
  /** How transfers are seen; ERR_CONFLICT when the module is loaded with the other engine. */
  engine?: 'tracepoint' | 'redirect' | undefined;
  /** Path of a built `net_traffic.ko`, should the module have to be loaded. */
  ko?: string | undefined;
}

const INTERVAL_MAX = 0x7fffffff;

/** @throws {TrafficError} ERR_INVALID_ARGUMENT */
export function checkInterval(milliseconds: number): void {
  if (milliseconds >= 1 && milliseconds <= INTERVAL_MAX) return;
  throw new TrafficError(
    'ERR_INVALID_ARGUMENT',
    `interval is ${milliseconds}; it is 1 to ${INTERVAL_MAX} milliseconds.`,
  );
}

/**
 * Begins to count what programs and processes move. The module is loaded if it is not, and unloaded by `close()` if a
 * session loaded it, of whichever process, and nobody else uses it. Sessions do not see each other's processes, and the end of
 * this process, however it comes, ends its sessions.
 *
 * @throws {TrafficError} ERR_INVALID_ARGUMENT, ERR_NO_PROCESS, ERR_CONFLICT, ERR_LIMIT, ERR_STOPPED, ERR_PERMISSION, and
 * the codes of a build and a load where these are needed
 */
export async function monitor(options: MonitorOptions, host: Host = thisHost): Promise<Session> {
  requireLinux(host);
  const { programs = [], pids = [], follow = true, families = ['inet'], interval = 1000, history = 1024 } = options;
  const { flows = false, engine, ko, signal } = options;
  checkModuleOptions({ programs, pids, families, engine, history });
  checkInterval(interval);
  if (pids.length > 0 && !follow) {
    throw new TrafficError(
      'ERR_INVALID_ARGUMENT',
      'Processes named by PID are always followed: follow cannot be false.',
    );
  }

  const sampler = await openSampler(host, { families, engine, ko, history, flows, signal }, (control) => {
    for (const name of programs) watch(control, name, follow);
    for (const pid of pids) attach(control, pid);
  });
  return new Session(sampler, interval, signal);
}
