// SPDX-License-Identifier: MIT
import { DETACHED } from './reasons';
import type { Process } from './types';

/**
 * The records of one process in the order in which they began. The module makes another record when an owner starts to
 * watch a process that is already recorded.
 */
export type Records = readonly [first: Process, ...others: readonly Process[]];

/** Whether a later record with this PID belongs to the same process, and not to a new process that reuses the PID. */
function goesOn(records: Records, next: Process): boolean {
  return records.some(({ endSeq }) => endSeq === null || (next.startSeq ?? 0n) < endSeq);
}

/** Groups rows, sorted by `id`, by process. The processes are in the order in which they began. */
export function byProcess(rows: readonly Process[]): Records[] {
  const places = new Map<number, number>();
  const processes: Records[] = [];
  for (const row of rows) {
    const place = places.get(row.pid);
    const records = place === undefined ? undefined : processes[place];
    if (place !== undefined && records && goesOn(records, row)) processes[place] = [...records, row];
    else places.set(row.pid, processes.push([row]) - 1);
  }
  return processes;
}

/** The record that represents a process in a total. */
export interface Standing {
  readonly process: Process;
  /** False: the traffic is a lower bound. `reasons` says why. */
  readonly exact: boolean;
  readonly reasons: readonly string[];
}

const size = ({ traffic: { total } }: Process): bigint => total.receivedBytes + total.sentBytes;

/**
 * The record that began first includes the traffic of all later ones, unless it was detached and another one continued.
 * Then the record with the most traffic is a lower bound.
 */
function standingOf(records: Records): Standing {
  const [first, ...others] = records;
  const { state, endSeq: end } = first;
  const goOn = others.some(({ endSeq }) => endSeq === null || (end !== null && endSeq > end));
  if (state !== 'detached' || !goOn) return { process: first, exact: first.exact, reasons: first.reasons };
  const most = records.reduce((one, other) => (size(other) > size(one) ? other : one), first);
  return { process: most, exact: false, reasons: [...most.reasons, DETACHED] };
}

/** The records that a total is the sum of: one for each process. */
export function standing(rows: readonly Process[]): Standing[] {
  return byProcess(rows).map(standingOf);
}

/** The record that represents the process of this record in a total. */
export function standingFor(record: Process, rows: readonly Process[]): Process {
  const records = byProcess(rows).find((each) => each.some(({ id }) => id === record.id));
  return records ? standingOf(records).process : record;
}

/** Whether any process has more than one record. */
export function hasSeveral(rows: readonly Process[]): boolean {
  return byProcess(rows).length < rows.length;
}
