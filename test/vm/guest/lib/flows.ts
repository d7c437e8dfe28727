// SPDX-License-Identifier: MIT
/** The lines of /proc/net_traffic/flows, and what has to hold for each reading of them. */
import assert from 'node:assert/strict';
import { parseTable, readText, type Row } from './proc';

const numbers = ['rx_bytes', 'rx_msgs', 'tx_bytes', 'tx_msgs'] as const;

const keyOf = (row: Row): string => `${row['id'] ?? ''} ${row['transport'] ?? ''}`;

/** All lines of one reading: for each process and transport the total is the sum of its flows and the rest. */
export function consistentFlows(text = readText('flows')): Row[] {
  const rows = parseTable(text);
  const sums = new Map<string, bigint[]>();
  const totals = new Map<string, bigint[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const counted = numbers.map((name) => BigInt(row[name] ?? ''));
    if (row['kind'] === 'total') {
      assert.ok(!totals.has(key), `two totals of ${key}`);
      totals.set(key, counted);
    } else {
      sums.set(
        key,
        counted.map((value, n) => value + (sums.get(key)?.[n] ?? 0n)),
      );
    }
  }
  assert.deepEqual(sums, totals);
  return rows;
}

/** The twelve counts that the totals of a process make, by the names of `counters`. */
export function totalsOf(rows: readonly Row[], id: string): Row {
  return Object.fromEntries(
    rows
      .filter((row) => row['id'] === id && row['kind'] === 'total')
      .flatMap((row) => numbers.map((name) => [`${row['transport'] ?? ''}_${name}`, row[name] ?? ''])),
  );
}
