// SPDX-License-Identifier: MIT
import { TrafficError } from '../model/errors';
import { evictedOf } from '../model/evicted';
import { missedIn } from '../model/reasons';
import { standing } from '../model/records';
import { sum } from '../model/traffic';
import type { Process, Program, Snapshot } from '../model/types';
import { requireLinux, thisHost, type Host } from '../system/host';
import { now } from '../util/time';
import { readCounters, readFlows, readPrograms, readStatus } from './files';

export interface SnapshotOptions {
  /** Also with whom. Default false. */
  flows?: boolean | undefined;
}

/**
 * Everything that the module counts now, for whomever.
 *
 * @throws {TrafficError} ERR_NOT_LOADED, ERR_PERMISSION, ERR_ABI, ERR_NOT_LINUX; ERR_LIMIT when processes end faster than
 * the files can be read
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

/** So often all that is kept would have to be evicted between two files, before it is given up. */
const READINGS = 100;

/** Each process that ended is in the one or in the other: listed, or evicted. */
async function readBoth(host: Host): Promise<Pick<Snapshot, 'processes' | 'programs'>> {
  let programs = await readPrograms(host);
  for (let reading = 1; reading <= READINGS; reading += 1) {
    // These are of the file: each row has the same.
    const endedBefore = programs[0]?.endSeq ?? 0n;
    const rows = await readCounters(host);
    // Afterwards: what was evicted meanwhile is in these, and taken out of the rows. It goes in the order of ends.
    programs = await readPrograms(host);
    const evicted = programs[0]?.evictedSeq ?? 0n;
    // Or one that is shown as running may have ended and be gone since.
    if (evicted <= endedBefore) {
      return { programs, processes: rows.filter(({ endSeq }) => endSeq === null || endSeq > evicted) };
    }
  }
  throw new TrafficError('ERR_LIMIT', 'More processes end than the module keeps while its files are read.', {
    hint: 'Load it with a larger --history.',
  });
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

/**
 * What is listed, each process once, and what the module's own programs moved by processes that had to make room.
 * @param all whether `programs` are all that there are
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
