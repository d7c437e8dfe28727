// SPDX-License-Identifier: MIT
import { EVICTED, missedIn } from '../model/reasons';
import { NO_TRAFFIC, beyond, excess, greater, larger, sum } from '../model/traffic';
import type { Process, Program, Snapshot, Traffic } from '../model/types';

/** What changed between two samples. */
export interface Changes {
  readonly appeared: readonly Process[];
  readonly ended: readonly Process[];
  /** The newest `endSeq` up to which the module can clear its ended records; null if there are none. */
  readonly clearThrough: bigint | null;
}

/** The part of a snapshot that a ledger keeps. `processes` includes up to `history` ended ones. */
type LedgerView = Pick<Snapshot, 'processes' | 'programs' | 'total' | 'exact' | 'reasons' | 'evicted'>;

interface Known {
  process: Process;
  delivered: boolean;
}

interface Ended {
  readonly count: bigint;
  readonly traffic: Traffic;
}

const NONE: Ended = { count: 0n, traffic: NO_TRAFFIC };

/** Whether a process ended after the end with this number. */
const isAfter = ({ endSeq }: Process, newest: bigint | null): boolean => endSeq !== null && endSeq > (newest ?? 0n);

const order = (a: bigint, b: bigint): number => (a < b ? -1 : Number(a > b));

/**
 * Keeps the processes and totals of a session, so that the module can clear its records after each sample. Has no side
 * effects.
 */
export class Ledger {
  readonly #owner: number;
  readonly #history: number;
  /** The records that the module had in the last sample. */
  #known = new Map<bigint, Known>();
  /** The newest ended processes. */
  #ended: Process[] = [];
  #dropped = 0n;
  /** The highest `endSeq` of the last sample. Records up to it had ended before the current sample began. */
  #endedThrough: bigint | null = null;
  #programs: readonly Program[] = [];
  #endedTotal: Traffic = NO_TRAFFIC;
  #endedExact = true;
  readonly #endedReasons = new Set<string>();
  /** The ended processes of each watch. A process may be in several. */
  readonly #endedIn = new Map<bigint, Ended>();
  /** The number of processes, by watch, that ran in one sample and were gone in the next. Their last counts are unknown. */
  readonly #cutShort = new Map<bigint, bigint>();
  /** What was evicted before any sample showed it: whole processes, and the last traffic of those that were cut short. */
  #unseen: Ended | null = null;

  constructor(owner: number, history: number) {
    this.#owner = owner;
    this.#history = history;
  }

  readonly owns = ({ owners }: Process): boolean => owners.includes(this.#owner);

  /** `programs` must be read before `processes`. Then each process that it counts is in the rows or was evicted. */
  update(processes: readonly Process[], programs: readonly Program[]): Changes {
    this.#programs = programs.filter(({ owner }) => owner === this.#owner);
    const names = new Map(this.#programs.map(({ id, name }) => [id, name]));
    const before = this.#known;
    this.#known = new Map();
    const appeared: Process[] = [];
    const ended: Process[] = [];
    // Only up to the last sample: a process that this sample shows as running may have ended while it was read.
    const clearThrough = this.#endedThrough;

    for (const row of processes) {
      if (!this.owns(row)) continue;
      const known = before.get(row.id);
      const process = this.#own(row, names);
      if (!known) appeared.push(process);
      const over = process.state !== 'running';
      if (over && known?.delivered !== true) ended.push(process);
      if (process.endSeq !== null && process.endSeq > (this.#endedThrough ?? 0n)) this.#endedThrough = process.endSeq;
      this.#known.set(process.id, { process, delivered: over });
      before.delete(process.id);
    }
    for (const { process, delivered } of before.values()) {
      if (delivered) continue;
      ended.push({ ...process, state: 'exited', exact: false, reasons: [...process.reasons, EVICTED] });
      this.#cutOff(process);
    }

    appeared.sort((a, b) => order(a.id, b.id));
    ended.sort((a, b) => order(a.endSeq ?? 0n, b.endSeq ?? 0n));
    for (const process of ended) this.#fold(process);
    this.#findUnseen(ended);
    return { appeared, ended, clearThrough };
  }

  view(): LedgerView {
    const live = this.#live();
    const unseen = this.#unseen;
    const more = [...(unseen === null ? [] : [EVICTED]), ...missedIn(this.#programs)];
    return {
      processes: [...this.#ended, ...live].sort((a, b) => order(a.id, b.id)),
      programs: this.#programs,
      total: sum([this.#endedTotal, ...live.map(({ traffic }) => traffic), unseen?.traffic ?? NO_TRAFFIC]),
      exact: this.#endedExact && live.every(({ exact }) => exact) && more.length === 0,
      reasons: [...new Set([...this.#endedReasons, ...live.flatMap(({ reasons }) => reasons), ...more])],
      evicted: this.#dropped + (unseen?.count ?? 0n),
    };
  }

  /** The process as this session sees it: with its own watches only, and the name of the first of them that matched. */
  #own(row: Process, names: ReadonlyMap<bigint, string | null>): Process {
    const watches = row.watches.filter((id) => names.has(id)).sort(order);
    const mine = watches.map((id) => names.get(id) ?? null).filter((name) => name !== null);
    const program = row.program !== null && mine.includes(row.program) ? row.program : (mine[0] ?? null);
    return { ...row, watches, program };
  }

  #live(): Process[] {
    return [...this.#known.values()].filter(({ delivered }) => !delivered).map(({ process }) => process);
  }

  #fold(process: Process): void {
    this.#endedTotal = sum([this.#endedTotal, process.traffic]);
    this.#endedExact &&= process.exact;
    process.reasons.forEach((reason) => this.#endedReasons.add(reason));
    const seen = process.endSeq === null ? 0n : 1n;
    for (const watch of process.watches) {
      const { count, traffic } = this.#endedIn.get(watch) ?? NONE;
      this.#endedIn.set(watch, { count: count + seen, traffic: sum([traffic, process.traffic]) });
    }
    this.#ended.push(process);
    while (this.#ended.length > this.#history) {
      this.#ended.shift();
      this.#dropped += 1n;
    }
  }

  #cutOff({ watches }: Process): void {
    for (const watch of watches) this.#cutShort.set(watch, (this.#cutShort.get(watch) ?? 0n) + 1n);
  }

  /** `ended` are the processes that ended in this sample. */
  #findUnseen(ended: readonly Process[]): void {
    const live = this.#live();
    const parts = this.#programs.map((program) => this.#unseenIn(program, live, ended)).filter((part) => part !== null);
    if (parts.length === 0) return;
    // Several watches may have lost the same processes, so that only the largest part is certain. Running processes are
    // read after the totals of the programs, so that the difference can shrink. The largest value found is kept.
    const found = [this.#unseen ?? NONE, ...parts];
    this.#unseen = {
      count: found.map(({ count }) => count).reduce(greater),
      traffic: found.map(({ traffic }) => traffic).reduce(larger),
    };
  }

  /** The difference between the totals of a program and its known processes: what was evicted before a sample saw it. */
  #unseenIn(program: Program, live: readonly Process[], ended: readonly Process[]): Ended | null {
    const isIn = ({ watches }: Process): boolean => watches.includes(program.id);
    const running = live.filter(isIn);
    const seen = this.#endedIn.get(program.id) ?? NONE;
    // The program still counts these as running, because it was read before they ended.
    const late = BigInt(ended.filter((process) => isIn(process) && isAfter(process, program.endSeq)).length);
    const gone = beyond(program.ended, seen.count - late);
    // These ran when the program was read, and are neither running nor ended now: they were evicted.
    const goneSince = beyond(program.running, BigInt(running.length) + late);
    if (gone + goneSince === 0n) return null;
    return {
      // Processes that were cut short are listed already.
      count: beyond(gone + goneSince, this.#cutShort.get(program.id) ?? 0n),
      traffic: excess(program.traffic, sum([seen.traffic, ...running.map(({ traffic }) => traffic)])),
    };
  }
}
