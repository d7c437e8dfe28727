// SPDX-License-Identifier: MIT
import type { Process } from '../../model/types';
import { asTree, bySize, COMPARE, type Compare } from '../format/tree';
import { bothWays, type Rate } from './rates';
import type { Reading } from './reading';

/** The orders of the list. By amount, the largest comes first; by PID or name, the smallest. */
export const ORDERS = ['rate', 'total', 'received', 'sent', 'pid', 'name'] as const;
export type Order = (typeof ORDERS)[number];

export interface Row {
  readonly process: Process;
  /** The branches to print before its name, such as `├─ `. */
  readonly prefix: string;
  /** Null: not known yet. */
  readonly rate: Rate | null;
}

export interface RowOptions {
  readonly order: Order;
  readonly reversed: boolean;
  readonly filter: string;
  readonly ended: boolean;
}

function passes({ comm, program, exe, pid }: Process, filter: string): boolean {
  const wanted = filter.toLowerCase();
  return [comm, program, exe, String(pid)].some((text) => text?.toLowerCase().includes(wanted) === true);
}

type Amount = (process: Process, rate: Rate | undefined) => bigint;

const AMOUNTS: Readonly<Record<Exclude<Order, 'pid' | 'name'>, Amount>> = {
  rate: (_process, rate) => (rate ? bothWays(rate) : 0n),
  total: ({ traffic: { total } }) => total.receivedBytes + total.sentBytes,
  received: ({ traffic }) => traffic.total.receivedBytes,
  sent: ({ traffic }) => traffic.total.sentBytes,
};

/** The largest first. A process has the amount of its whole tree, so that a busy child is near the top. */
function byTreeAmount(processes: readonly Process[], { rates }: Reading, amountOf: Amount): Compare {
  const amounts = new Map(
    processes.map((process) => [process.id, amountOf(process, rates?.processes.get(process.id))]),
  );
  // Children have higher ids than their parents: from the highest on, each sum is complete when it is added.
  for (const { id, parentId } of [...processes].sort((a, b) => bySize(b.id, a.id))) {
    const above = parentId === null ? undefined : amounts.get(parentId);
    if (parentId !== null && above !== undefined) amounts.set(parentId, above + (amounts.get(id) ?? 0n));
  }
  return (a, b) => bySize(amounts.get(b.id) ?? 0n, amounts.get(a.id) ?? 0n);
}

const runs = ({ state }: Process): boolean => state === 'running';

/** Among equals, running processes come first, then ended ones, the newest first. */
const byLife: Compare = (a, b) => Number(runs(b)) - Number(runs(a)) || (runs(a) ? 0 : bySize(b.id, a.id));

/** The rows of the list in their order. */
export function rowsOf(reading: Reading, { order, reversed, filter, ended }: RowOptions): Row[] {
  const isLive = (process: Process): boolean => runs(process) || AMOUNTS.rate(process, rateOf(process)) > 0n;
  const rateOf = ({ id }: Process): Rate | undefined => reading.rates?.processes.get(id);
  const processes = reading.snapshot.processes.filter(
    (process) => (ended || isLive(process)) && passes(process, filter),
  );
  const compare =
    order === 'pid' || order === 'name' ? COMPARE[order] : byTreeAmount(processes, reading, AMOUNTS[order]);
  const by: Compare = (a, b) => (reversed ? compare(b, a) : compare(a, b)) || byLife(a, b);
  return asTree(processes, by).map(({ process, prefix }) => ({
    process,
    prefix,
    rate: rateOf(process) ?? null,
  }));
}
