// SPDX-License-Identifier: MIT
import { standingFor } from '../../model/records';
import type { Process } from '../../model/types';
import { bothWays } from './rates';
import type { Reading } from './reading';
import { rowsOf, type Order, type Row } from './rows';

/** Rates of the past in bytes per second, received and sent together, the newest last. */
export interface History {
  readonly total: readonly bigint[];
  readonly processes: ReadonlyMap<bigint, readonly bigint[]>;
}

/** A wide terminal has columns for this many. */
const TOTAL_MAX = 240;
/** Less, because there may be thousands of processes. */
const PROCESS_MAX = 80;

/** What is on the screen. */
export interface Shown {
  readonly reading: Reading;
  readonly history: History;
}

export interface State {
  /** The newest reading. */
  readonly latest: Shown;
  /** What a paused screen shows; null: not paused. */
  readonly frozen: Shown | null;
  readonly page: 'processes' | 'flows' | 'help';
  readonly order: Order;
  readonly reversed: boolean;
  /** List only processes with this text in name, path or PID. */
  readonly filter: string;
  /** Whether the filter is being typed. */
  readonly typing: boolean;
  /** Whether all ended processes are listed, or only those that have a rate. */
  readonly ended: boolean;
  /** `id` of the selected process; null: the first one of the list. */
  readonly selected: bigint | null;
  /** First flow on the screen. */
  readonly flowOffset: number;
}

const NO_HISTORY: History = { total: [], processes: new Map() };

function continued(history: readonly bigint[] | undefined, value: bigint, most: number): readonly bigint[] {
  return [...(history ?? []).slice(1 - most), value];
}

/** Adds the rates of a reading. Drops the history of processes that are no longer listed. */
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

/** The state after a reading. A paused screen does not change, and its history has no gap later. */
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

/** The index of the selected process among the rows; 0 if it is no longer there. */
export function cursorIn(list: readonly Row[], { selected }: State): number {
  return Math.max(
    0,
    list.findIndex(({ process }) => process.id === selected),
  );
}

/** The selected process. On the page of its flows, this is the record that has the flows. */
export function selectedProcess(state: State): Process | null {
  // It stays on that page even if the filter excludes it.
  const { processes } = shown(state).reading.snapshot;
  const chosen = processes.find(({ id }) => id === state.selected);
  if (chosen && state.page === 'flows') return standingFor(chosen, processes);
  const list = rows(state);
  return list[cursorIn(list, state)]?.process ?? null;
}
