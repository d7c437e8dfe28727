// SPDX-License-Identifier: MIT
/** What the programs of test/programs counted for themselves, to be compared with what the module counted. */
import assert from 'node:assert/strict';
import { countsOf, type Row } from './proc';

/** The lines `COLUMN NUMBER` of one report; what it calls `any` is whatever the module says. */
export function parseReport(text: string): Row {
  return Object.fromEntries(
    [...text.matchAll(/^(\w+_(?:bytes|msgs)) (\w+)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

export function assertWitnessed(row: Row, report: Row): void {
  const counted = countsOf(row);
  const expected = Object.fromEntries(
    Object.entries(report).map(([name, value]) => [name, value === 'any' ? (counted[name] ?? '') : value]),
  );
  assert.deepEqual(counted, expected);
  for (const [name, value] of Object.entries(report)) {
    // However many messages they were: bytes come in at least one.
    if (value === 'any') assert.notEqual(counted[name], '0', name);
  }
}
