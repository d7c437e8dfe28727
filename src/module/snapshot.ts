// SPDX-License-Identifier: MIT
import { requireLinux, thisHost, type Host } from '../host';
import { now } from '../time';
import { excess, larger, NO_TRAFFIC, sum } from '../traffic';
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
  // Programs first: what these count is then in the processes, unless it was evicted.
  const programs = await readPrograms(host);
  const counted = describe(families, engine, await readCounters(host), programs);
  return options.flows === true ? { ...counted, flows: await readFlows(host) } : counted;
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

/** What is listed, and what the module's own programs moved by processes that had to make room. */
export function totalsOf(
  processes: readonly Process[],
  programs: readonly Program[],
): Pick<Snapshot, 'total' | 'exact' | 'evicted'> {
  const lossy = programs.filter(({ owner, evicted }) => owner === 0 && evicted > 0n);
  const membersOf = ({ id }: Program): Process[] => processes.filter(({ watches }) => watches.includes(id));
  const unlisted = lossy.map((program) =>
    excess(program.traffic, sum(membersOf(program).map(({ traffic }) => traffic))),
  );
  // Where programs share processes, the evicted ones may be shared too: then only the larger part is certain.
  const ids = new Set(lossy.map(({ id }) => id));
  const shared = processes.some(({ watches }) => watches.filter((id) => ids.has(id)).length > 1);
  const evictedTraffic = shared ? unlisted.reduce(larger, NO_TRAFFIC) : sum(unlisted);
  // A live process was read a moment after its program: the difference is then too small by what it moved meanwhile.
  const certain = !shared && lossy.every((program) => membersOf(program).every(({ state }) => state !== 'running'));
  return {
    total: sum([...processes.map(({ traffic }) => traffic), evictedTraffic]),
    exact: certain && processes.every(({ exact }) => exact) && programs.every(({ missed }) => missed === 0n),
    evicted: lossy.reduce((evicted, program) => evicted + program.evicted, 0n),
  };
}
