// SPDX-License-Identifier: MIT
import { EVICTED, missedIn } from '../model/reasons';
import { NO_TRAFFIC, beyond, excess, greater, larger, sum } from '../model/traffic';
import type { Process, Program, Traffic } from '../model/types';

/** What one sample brought that was not known before. */
export interface Changes {
  readonly appeared: readonly Process[];
  readonly ended: readonly Process[];
  /** Ended records up to this one were taken over, also by this sample, and may be cleared; null when there are none. */
  readonly clearThrough: bigint | null;
}

/** What a session knows: its processes, also ended ones (up to `history`), and totals that never decrease. */
export interface LedgerView {
  readonly processes: readonly Process[];
  readonly programs: readonly Program[];
  readonly total: Traffic;
  readonly exact: boolean;
  readonly reasons: readonly string[];
  readonly evicted: bigint;
}

interface Known {
  process: Process;
  delivered: boolean;
}

interface Ended {
  readonly count: bigint;
  readonly traffic: Traffic;
}

const NONE: Ended = { count: 0n, traffic: NO_TRAFFIC };

/** Whether a process was seen to end after this end. */
const isAfter = ({ endSeq }: Process, newest: bigint | null): boolean => endSeq !== null && endSeq > (newest ?? 0n);

const order = (a: bigint, b: bigint): number => (a < b ? -1 : Number(a > b));

/**
 * Takes over from the module what it keeps only for a while, so that records can be cleared at every sample. Pure:
 * rows in, changes out.
 */
export class Ledger {
  readonly #owner: number;
  readonly #history: number;
  /** Records that the module held at the last sample. */
  #known = new Map<bigint, Known>();
  /** The newest ended processes. */
  #ended: Process[] = [];
  #dropped = 0n;
  /** The highest `endSeq` of the last sample: what has one up to it had ended before this sample began. */
  #endedThrough: bigint | null = null;
  #programs: readonly Program[] = [];
  #endedTotal: Traffic = NO_TRAFFIC;
  #endedExact = true;
  readonly #endedReasons = new Set<string>();
  /** What ended, by watch: a process may be in several. */
  readonly #endedIn = new Map<bigint, Ended>();
  /** Processes that ran in one sample and were gone in the next, by watch: their last counts no sample saw. */
  readonly #cutShort = new Map<bigint, bigint>();
  /** What was evicted before a sample saw it: processes, and the last part of those that were cut short. */
  #unseen: Ended | null = null;

  constructor(owner: number, history: number) {
    this.#owner = owner;
    this.#history = history;
  }

  readonly owns = ({ owners }: Process): boolean => owners.includes(this.#owner);

  /** `programs` was read before `processes`: what it counts is then in these, unless it was evicted. */
  update(processes: readonly Process[], programs: readonly Program[]): Changes {
    this.#programs = programs.filter(({ owner }) => owner === this.#owner);
    const names = new Map(this.#programs.map(({ id, name }) => [id, name]));
    const before = this.#known;
    this.#known = new Map();
    const appeared: Process[] = [];
    const ended: Process[] = [];
    // Not through what this sample shows: while it was read, a process that it shows as running may have ended.
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

  /** The process as this session sees it: in its own watches only, and under the one of them that matched first. */
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

  /** `ended` are those of this sample. */
  #findUnseen(ended: readonly Process[]): void {
    const live = this.#live();
    const parts = this.#programs.map((program) => this.#unseenIn(program, live, ended)).filter((part) => part !== null);
    if (parts.length === 0) return;
    // Several watches may have lost the same processes: then only the larger part is certain. And live processes were
    // read a moment after the program's totals, so that the difference can shrink: what was found stays.
    const found = [this.#unseen ?? NONE, ...parts];
    this.#unseen = {
      count: found.map(({ count }) => count).reduce(greater),
      traffic: found.map(({ traffic }) => traffic).reduce(larger),
    };
  }

  /** Between a program's totals and the processes that were seen in it is what ended and was evicted unseen. */
  #unseenIn(program: Program, live: readonly Process[], ended: readonly Process[]): Ended | null {
    const isIn = ({ watches }: Process): boolean => watches.includes(program.id);
    const running = live.filter(isIn);
    const seen = this.#endedIn.get(program.id) ?? NONE;
    // Those that the program has as running: it was read before they ended.
    const late = BigInt(ended.filter((process) => isIn(process) && isAfter(process, program.endSeq)).length);
    const gone = beyond(program.ended, seen.count - late);
    // They ran when the program was read, and are neither running nor ended: evicted since.
    const goneSince = beyond(program.running, BigInt(running.length) + late);
    if (gone + goneSince === 0n) return null;
    return {
      // Those that were cut short are listed.
      count: beyond(gone + goneSince, this.#cutShort.get(program.id) ?? 0n),
      traffic: excess(program.traffic, sum([seen.traffic, ...running.map(({ traffic }) => traffic)])),
    };
  }
}
