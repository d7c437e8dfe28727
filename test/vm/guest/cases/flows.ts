// SPDX-License-Identifier: MIT
/** What has to hold of the flows of a process that has ended. */
import assert from 'node:assert/strict';
import { consistentFlows, totalsOf } from '../lib/flows';
import type { Row } from '../lib/proc';

export const transports = ['tcp', 'udp', 'other', 'unix', 'packet', 'vsock'] as const;

/** The names of all counts. */
export const columns = transports.flatMap((transport) =>
  ['rx', 'tx'].flatMap((direction) => [`${transport}_${direction}_bytes`, `${transport}_${direction}_msgs`]),
);

/** The totals are what `counters` says, and what the flows add up to; a transport that moved nothing has no line. */
export function assertFlowsAddUp(row: Row): void {
  const totals = totalsOf(consistentFlows(), row['id'] ?? '');
  const moving = transports.filter((transport) =>
    columns.some((name) => name.startsWith(`${transport}_`) && !['0', '-'].includes(row[name] ?? '')),
  );
  const expected = columns.filter((name) => moving.some((transport) => name.startsWith(`${transport}_`)));
  assert.deepEqual(totals, Object.fromEntries(expected.map((name) => [name, row[name] ?? 'no column'])));
}
