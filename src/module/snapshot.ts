// SPDX-License-Identifier: MIT
import { evictedOf } from '../evicted';
import { requireLinux, thisHost, type Host } from '../host';
import { standing } from '../records';
import { now } from '../time';
import { sum } from '../traffic';
import type { Process, Program, Snapshot } from '../types';
import { readCounters, readFlows, readPrograms, readStatus } from './files';

export interface SnapshotOptions {
  /** Also with whom. Default false. */
  flows?: boolean | undefined;
}

/**
 * Everything that the module counts now, for whomever.
 *
 * @throws {TrafficError} ERR_NOT_LOADED, ERR_PERMISSION, ERR_ABI, ERR_NOT_LINUX
 */
export async function snapshot(options: SnapshotOptions = {}, host: Host = thisHost): Promise<Snapshot> {
  requireLinux(host);
  const { families, engine } = await readStatus(host);
  const { processes, programs } = await readBoth(host);
  const counted = describe(families, engine, processes, programs);
  if (options.flows !== true) return counted;
  const ids = new Set(standing(processes).map(({ process }) => process.id));
  return { ...counted, flows: (await readFlows(host)).filter(({ id }) => ids.has(id)) };
}

/** How often the two files are read where processes are evicted meanwhile, before the total is a lower bound. */
const READINGS = 3;

async function readBoth(host: Host): Promise<Pick<Snapshot, 'processes' | 'programs'>> {
  for (let reading = 1; ; reading += 1) {
    // Programs first: what these count is then in the processes, unless it was evicted.
    const programs = await readPrograms(host);
    const processes = await readCounters(host);
    if (reading === READINGS || isWhole(processes, programs)) return { processes, programs };
  }
}

/** A snapshot of what is given. */
export function describe(
  families: readonly string[],
  engine: string,
  processes: readonly Process[],
  programs: readonly Program[],
): Snapshot {
  return { takenAt: now(), families, engine, processes, programs, ...totalsOf(processes, programs) };
}

/** What is listed, each process once, and what the module's own programs moved by processes that had to make room. */
export function totalsOf(
  processes: readonly Process[],
  programs: readonly Program[],
): Pick<Snapshot, 'total' | 'exact' | 'evicted'> {
  const evicted = evictedOf(programs);
  const counted = standing(processes);
  return {
    total: sum([...counted.map(({ process }) => process.traffic), evicted.traffic]),
    exact:
      evicted.exact &&
      isWhole(processes, programs) &&
      counted.every(({ exact }) => exact) &&
      programs.every(({ missed }) => missed === 0n),
    evicted: evicted.count,
  };
}

/**
 * Whether all that ended in the module's own programs is listed, or was evicted. Not so where it was evicted after
 * `programs` was read and before `counters` was, or cleared.
 */
function isWhole(processes: readonly Process[], programs: readonly Program[]): boolean {
  const own = programs.filter(({ owner }) => owner === 0);
  return own.every(({ id, ended, evicted, endSeq: newest }) => {
    const listed = processes.filter(
      ({ watches, endSeq }) => watches.includes(id) && endSeq !== null && endSeq <= (newest ?? 0n),
    );
    return BigInt(listed.length) + evicted >= ended;
  });
}
