// SPDX-License-Identifier: MIT
import { select } from '../../../../src/cli/command-line/select';
import { flowKey, rateIsExact, ratesBetween, type Moment, type Rates } from '../../../../src/cli/watch/rates';
import type { Process, Program } from '../../../../src/model/types';
import { timestamp } from '../../../../src/util/time';
import { aProcess, aProgram, ended, tcp } from '../../support/rows';
import { aFlow, aSnapshotOf, flowsOf, moment } from './support';

const LARGEST = 2n ** 64n - 1n;

const between = (before: Moment, after: Moment, who: readonly string[] = []): Rates =>
  ratesBetween(before, after, (whole) => select(whole, who).snapshot);

const at = (seconds: number, processes: readonly Process[], programs?: readonly Program[]): Moment =>
  moment(seconds, aSnapshotOf(processes, programs));

const own = (given: Partial<Program>): Program => aProgram({ owner: 0, ...given });
const perSecond = (received: bigint, sent = received): object => ({
  receivedBytesPerSecond: received,
  sentBytesPerSecond: sent,
});

test('divides the bytes between two moments by the time between them', () => {
  const rates = between(
    at(1, [aProcess({ id: 1n, traffic: tcp(100n, 10n) })]),
    at(3.5, [aProcess({ id: 1n, traffic: tcp(600n, 10n) })]),
  );
  expect(rates.elapsed).toBe(2_500_000_000n);
  expect(rates.processes.get(1n)).toEqual(perSecond(200n, 0n));
  expect(rates.total).toEqual(perSecond(200n, 0n));
});

test('keeps every byte of the largest counts', () => {
  const rates = between(
    at(0, [aProcess({ id: 1n, traffic: tcp(LARGEST - 1n) })]),
    at(1, [aProcess({ id: 1n, traffic: tcp(LARGEST) }), aProcess({ id: 2n, traffic: tcp(LARGEST) })]),
  );
  expect(rates.processes.get(1n)).toEqual(perSecond(1n));
  expect(rates.processes.get(2n)).toEqual(perSecond(LARGEST));
  expect(rates.total).toEqual(perSecond(LARGEST + 1n));
});

test('counts a new process from 0, even if it has the PID of an ended one', () => {
  const first = aProcess({ id: 1n, pid: 77, traffic: tcp(500n) });
  const second = aProcess({ id: 2n, pid: 77, traffic: tcp(30n) });
  const rates = between(at(0, [first]), at(1, [ended(first, 1n, tcp(520n)), second]));
  expect([rates.processes.get(1n), rates.processes.get(2n)]).toEqual([perSecond(20n), perSecond(30n)]);
});

test('takes a record of another load of the module for another process; no rate is negative', () => {
  const before = aProcess({ id: 1n, traffic: tcp(500n) });
  const after = aProcess({ id: 1n, traffic: tcp(7n), startedAt: timestamp(99n) });
  expect(between(at(0, [before]), at(1, [after])).total).toEqual(perSecond(7n));
  const odd = aProcess({ id: 1n, traffic: tcp(7n) });
  expect(between(at(0, [before]), at(1, [odd])).total).toEqual(perSecond(0n));
});

test('includes evicted processes in the total rate, as far as programs have their traffic', () => {
  const evicted = aProcess({ id: 1n, traffic: tcp(100n) });
  const other = aProcess({ id: 2n, traffic: tcp(5n) });
  const rates = between(
    at(0, [evicted, other], [own({ traffic: tcp(105n) })]),
    // The first process sent 40 more before it was evicted. A process that was never listed sent another 60.
    at(1, [ended(other, 2n, tcp(8n))], [own({ traffic: tcp(208n), evictedOnce: 2n, evictedOnceTraffic: tcp(200n) })]),
  );
  expect(rates.processes.size).toBe(1);
  expect(rates.total).toEqual(perSecond(103n));
});

test('counts a process with several owners once in the total rate', () => {
  const both = (first: bigint, second: bigint): Process[] => [
    aProcess({ id: 1n, pid: 77, owners: [0], traffic: tcp(first) }),
    aProcess({ id: 2n, pid: 77, owners: [1], traffic: tcp(second) }),
  ];
  const rates = between(at(0, both(100n, 10n)), at(1, both(107n, 17n)));
  expect([...rates.processes.values()]).toEqual([perSecond(7n), perSecond(7n)]);
  expect(rates.total).toEqual(perSecond(7n));
  // When the first session ends, the traffic that only this session knew is not a rate.
  expect(between(at(0, both(100n, 10n)), at(1, both(107n, 17n).slice(1))).total).toEqual(perSecond(7n));
});

test('ignores the traffic that a closed session takes with it', () => {
  const gone = aProcess({ id: 1n, watches: [20n], traffic: tcp(1000n) });
  const stays = aProcess({ id: 2n, traffic: tcp(5n) });
  const rates = between(at(0, [gone, stays]), at(2, [{ ...stays, traffic: tcp(25n) }]));
  expect(rates.total).toEqual(perSecond(10n));
});

test('counts a process that now matches a name only from the earlier moment on', () => {
  const before = aProcess({ id: 1n, program: null, watches: [], comm: 'sh', exe: '/bin/sh', traffic: tcp(1000n) });
  const after = { ...before, comm: 'curl', exe: '/bin/curl', traffic: tcp(1010n) };
  expect(between(at(0, [before], []), at(1, [after], []), ['curl']).total).toEqual(perSecond(10n));
});

test('has a rate for each flow after two readings', () => {
  const process = aProcess({ id: 1n });
  const withFlows = (seconds: number, ...flows: Parameters<typeof aFlow>[]): Moment =>
    moment(seconds, {
      ...aSnapshotOf([process]),
      flows: [flowsOf(process, ...flows.map((flow) => aFlow(...flow)))],
    });
  const first = withFlows(0, [1000, 50n]);
  const second = withFlows(2, [1000, 70n], [1001, 8n]);
  const { flows } = between(first, second);
  expect(flows.get(flowKey(1n, aFlow(1000, 0n)))).toEqual(perSecond(10n, 0n));
  expect(flows.get(flowKey(1n, aFlow(1001, 0n)))).toEqual(perSecond(4n, 0n));
  expect(between(at(0, [process]), second).flows.size).toBe(0);
});

test('does not divide by zero for two readings of the same moment', () => {
  expect(between(at(1, []), at(1, [])).total).toEqual(perSecond(0n));
});

test('has exact rates for an attached process', () => {
  expect(rateIsExact({ exact: true, reasons: [] })).toBe(true);
  expect(rateIsExact({ exact: false, reasons: ['attached'] })).toBe(true);
  expect(rateIsExact({ exact: false, reasons: ['attached', 'zcrx'] })).toBe(false);
  expect(rateIsExact({ exact: false, reasons: [] })).toBe(false);
});
