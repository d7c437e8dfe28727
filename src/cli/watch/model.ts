// SPDX-License-Identifier: MIT
import { standingFor } from '../../model/records';
import type { Process } from '../../model/types';
import { bothWays } from './rates';
import type { Reading } from './reading';
import { rowsOf, type Order, type Row } from './rows';

/** Rates of the past, in bytes per second both ways, the newest last. */
export interface History {
  readonly total: readonly bigint[];
  readonly processes: ReadonlyMap<bigint, readonly bigint[]>;
}

/** As many as a wide terminal has columns for them. */
const TOTAL_MAX = 240;
/** There may be thousands of processes. */
const PROCESS_MAX = 80;

/** What is on the screen. */
export interface Shown {
  readonly reading: Reading;
  readonly history: History;
}

export interface State {
  /** The newest there is. */
  readonly latest: Shown;
  /** Not null: paused, with this on the screen. */
  readonly frozen: Shown | null;
  readonly page: 'processes' | 'flows' | 'help';
  readonly order: Order;
  readonly reversed: boolean;
  /** Only what has this in its name, path or PID. */
  readonly filter: string;
  /** The filter is being typed. */
  readonly typing: boolean;
  /** All processes that have ended, and not only those that moved something just now. */
  readonly ended: boolean;
  /** `id` of the selected process, wherever the sorting puts it; null: whatever comes first. */
  readonly selected: bigint | null;
  /** First flow on the screen. */
  readonly flowOffset: number;
}

const NO_HISTORY: History = { total: [], processes: new Map() };

function continued(history: readonly bigint[] | undefined, value: bigint, most: number): readonly bigint[] {
  return [...(history ?? []).slice(1 - most), value];
}

/** Processes that are listed no more are forgotten. */
function extend(history: History, { rates }: Reading): History {
  if (!rates) return history;
  const processes = [...rates.processes].map(
    ([id, rate]) => [id, continued(history.processes.get(id), bothWays(rate), PROCESS_MAX)] as const,
  );
  return { total: continued(history.total, bothWays(rates.total), TOTAL_MAX), processes: new Map(processes) };
}

export function begin(reading: Reading): State {
  return {
    latest: { reading, history: NO_HISTORY },
    ...{ frozen: null, page: 'processes', order: 'rate', reversed: false, filter: '', typing: false, ended: false },
    ...{ selected: null, flowOffset: 0 },
  };
}

/** A paused screen stays as it is, and the history has no gap. */
export function advance(state: State, reading: Reading): State {
  return { ...state, latest: { reading, history: extend(state.latest.history, reading) } };
}

export function shown({ frozen, latest }: State): Shown {
  return frozen ?? latest;
}

export function rows(state: State): Row[] {
  const { order, reversed, filter, ended } = state;
  return rowsOf(shown(state).reading, { order, reversed, filter, ended });
}

/** Where the selected process is among the rows; the first one where it is no more. */
export function cursorIn(list: readonly Row[], { selected }: State): number {
  return Math.max(
    0,
    list.findIndex(({ process }) => process.id === selected),
  );
}

/** The process that the flows are of: on their page the record of it that has them. */
export function selectedProcess(state: State): Process | null {
  // There it stays, also where a filter would not have it.
  const { processes } = shown(state).reading.snapshot;
  const chosen = processes.find(({ id }) => id === state.selected);
  if (chosen && state.page === 'flows') return standingFor(chosen, processes);
  const list = rows(state);
  return list[cursorIn(list, state)]?.process ?? null;
}
