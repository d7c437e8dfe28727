// SPDX-License-Identifier: MIT
import { TrafficError } from '../model/errors';
import { evictedOf } from '../model/evicted';
import type { SnapshotOptions } from '../model/api-options';
import { missedIn } from '../model/reasons';
import { standing } from '../model/records';
import { sum } from '../model/traffic';
import type { Process, Program, Snapshot } from '../model/types';
import { requireLinux, type Host } from '../system/host';
import { now } from '../util/time';
import { readCounters, readFlows, readPrograms, readStatus } from './files';

/** The internal form of `snapshot()`. */
export async function snapshotOn(host: Host, options: SnapshotOptions): Promise<Snapshot> {
  requireLinux(host);
  const { families, engine } = await readStatus(host);
  const { processes, programs } = await readBoth(host);
  const counted = describe(families, engine, processes, programs);
  if (options.flows !== true) return counted;
  const ids = new Set(standing(processes).map(({ process }) => process.id));
  return { ...counted, flows: (await readFlows(host)).filter(({ id }) => ids.has(id)) };
}

/** Limit of attempts. Each fails only if all records that the module keeps were evicted between two reads. */
const READINGS = 100;

/** Reads both files so that each ended process is either listed in `processes` or evicted in `programs`, never in both. */
async function readBoth(host: Host): Promise<Pick<Snapshot, 'processes' | 'programs'>> {
  let programs = await readPrograms(host);
  for (let reading = 1; reading <= READINGS; reading += 1) {
    // Each row has the same `endSeq` and `evictedSeq`, since they belong to the whole file.
    const endedBefore = programs[0]?.endSeq ?? 0n;
    const rows = await readCounters(host);
    // Read again after the rows: what was evicted in the meantime is in these sums, and is removed from the rows below.
    // The module evicts in the order in which processes ended.
    programs = await readPrograms(host);
    const evicted = programs[0]?.evictedSeq ?? 0n;
    // Otherwise a process that the rows show as running may have ended and been evicted in the meantime.
    if (evicted <= endedBefore) {
      return { programs, processes: rows.filter(({ endSeq }) => endSeq === null || endSeq > evicted) };
    }
  }
  throw new TrafficError('ERR_LIMIT', 'Processes end faster than the module files can be read.', {
    hint: 'Load the module with a larger history: lkm-traffic unload; lkm-traffic load --history=65536 --fname=NAME',
  });
}

/** Makes a snapshot, with the totals, of rows that were read. */
export function describe(
  families: readonly string[],
  engine: string,
  processes: readonly Process[],
  programs: readonly Program[],
): Snapshot {
  return { takenAt: now(), families, engine, processes, programs, ...totalsOf(processes, programs) };
}

/**
 * The totals over the listed processes, each counted once, and over the evicted processes of the module's own programs.
 *
 * @param all whether `programs` are all programs of the module
 */
export function totalsOf(
  processes: readonly Process[],
  programs: readonly Program[],
  all = true,
): Pick<Snapshot, 'total' | 'exact' | 'reasons' | 'evicted'> {
  const evicted = evictedOf(programs, all);
  const counted = standing(processes);
  const more = [...evicted.reasons, ...missedIn(programs)];
  return {
    total: sum([...counted.map(({ process }) => process.traffic), evicted.traffic]),
    exact: counted.every(({ exact }) => exact) && more.length === 0,
    reasons: [...new Set([...counted.flatMap(({ reasons }) => reasons), ...more])],
    evicted: evicted.count,
  };
}
