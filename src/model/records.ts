// SPDX-License-Identifier: MIT
import { DETACHED } from './reasons';
import type { Process } from './types';

/** The records of one process in order of begin: owners that began at different moments have one each. */
export type Records = readonly [first: Process, ...others: readonly Process[]];

/** Whether a record that began after these is of the same process, and not of a later one with its PID. */
function goesOn(records: Records, next: Process): boolean {
  return records.some(({ endSeq }) => endSeq === null || (next.startSeq ?? 0n) < endSeq);
}

/** Rows in order of `id`, by process, in the order in which these began. */
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

/** The record with which a process is in a total. */
export interface Standing {
  readonly process: Process;
  /** False: the process moved more than this, perhaps, for the `reasons`. */
  readonly exact: boolean;
  readonly reasons: readonly string[];
}

const size = ({ traffic: { total } }: Process): bigint => total.receivedBytes + total.sentBytes;

/** What began first has what all others have, unless one of them went on when it was detached. */
function standingOf(records: Records): Standing {
  const [first, ...others] = records;
  const { state, endSeq: end } = first;
  const goOn = others.some(({ endSeq }) => endSeq === null || (end !== null && endSeq > end));
  if (state !== 'detached' || !goOn) return { process: first, exact: first.exact, reasons: first.reasons };
  const most = records.reduce((one, other) => (size(other) > size(one) ? other : one), first);
  return { process: most, exact: false, reasons: [...most.reasons, DETACHED] };
}

/** One record a process: what a total is the sum of. */
export function standing(rows: readonly Process[]): Standing[] {
  return byProcess(rows).map(standingOf);
}

/** The one that stands for the process of this record. */
export function standingFor(record: Process, rows: readonly Process[]): Process {
  const records = byProcess(rows).find((each) => each.some(({ id }) => id === record.id));
  return records ? standingOf(records).process : record;
}

/** Whether a process is in more rows than one. */
export function hasSeveral(rows: readonly Process[]): boolean {
  return byProcess(rows).length < rows.length;
}
