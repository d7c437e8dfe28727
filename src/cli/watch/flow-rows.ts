// SPDX-License-Identifier: MIT
import type { Counters, Process } from '../../model/types';
import { describeFlow } from '../format/flow-report';
import { bySize } from '../format/tree';
import { shown, type State } from './model';
import { bothWays, flowKey, type Rate } from './rates';
import type { Order } from './rows';

export interface FlowRow {
  readonly transport: string;
  readonly local: string;
  readonly remote: string;
  readonly scope: string;
  readonly counters: Counters;
  /** Null: not known yet. */
  readonly rate: Rate | null;
}

type Compare = (a: FlowRow, b: FlowRow) => number;

const largest =
  (amountOf: (row: FlowRow) => bigint): Compare =>
  (a, b) =>
    bySize(amountOf(b), amountOf(a));

const COMPARE: Readonly<Record<Order, Compare>> = {
  rate: largest(({ rate }) => (rate ? bothWays(rate) : 0n)),
  total: largest(({ counters }) => counters.receivedBytes + counters.sentBytes),
  received: largest(({ counters }) => counters.receivedBytes),
  sent: largest(({ counters }) => counters.sentBytes),
  // All flows belong to one process: they keep the order in which they were first used.
  pid: () => 0,
  name: (a, b) => a.remote.localeCompare(b.remote),
};

/** The flows of a process; null: they were not read yet. */
export function flowRows(state: State, { id }: Process): FlowRow[] | null {
  const { snapshot, rates } = shown(state).reading;
  if (!snapshot.flows) return null;
  const found = snapshot.flows.find((process) => process.id === id);
  if (!found) return [];
  const parts = [
    ...found.flows.map((flow) => ({ part: flow, counters: flow.counters })),
    ...found.totals.flatMap((total) => (total.unlisted ? [{ part: total, counters: total.unlisted }] : [])),
  ];
  const list = parts.map(({ part, counters }) => {
    const [transport = '', local = '', remote = '', scope = ''] = describeFlow(part);
    return { transport, local, remote, scope, counters, rate: rates?.flows.get(flowKey(found.id, part)) ?? null };
  });
  const compare = COMPARE[state.order];
  return list.sort(state.reversed ? (a, b) => compare(b, a) : compare);
}
