// SPDX-License-Identifier: MIT
import { sumByRemote, sumByScope } from '../../../src/model/flows';
import { sumCounters } from '../../../src/model/traffic';
import { parseFlows } from '../../../src/read/flows-file';
import { fixture } from '../support/fixtures';

const processes = parseFlows(fixture('flows'));
const everything = sumCounters(processes.flatMap(({ totals }) => totals.map(({ counters }) => counters)));

test('sorts totals by remote address by amount, and adds traffic without a flow to the unknown address', () => {
  expect(
    sumByRemote(processes).map(({ address, scope, flows, counters }) => [address, scope, flows, counters.sentBytes]),
  ).toEqual([
    ['127.0.0.1', 'loopback', 1, 18446744073709551515n],
    [null, null, 1, 60100n],
    ['1', null, 1, 0n],
    ['2001:db8::7', 'public', 1, 0n],
  ]);
});

test('lists each scope once', () => {
  expect(sumByScope(processes).map(({ scope, counters }) => [scope, counters.receivedBytes])).toEqual([
    ['loopback', 100n],
    ['private', 0n],
    ['public', 40n],
    [null, 112n],
  ]);
});

test.each([
  ['remote', sumByRemote],
  ['scope', sumByScope],
] as const)('totals by %s add up to everything', (_, sum) => {
  expect(sumCounters(sum(processes).map(({ counters }) => counters))).toEqual(everything);
});

test('lists no remote address if there are no flows', () => {
  expect(sumByRemote([])).toEqual([]);
});
