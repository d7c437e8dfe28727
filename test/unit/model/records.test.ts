// SPDX-License-Identifier: MIT
import { byProcess, standing } from '../../../src/model/records';
import type { Process } from '../../../src/model/types';
import { timestamp } from '../../../src/util/time';
import { aProcess, tcp } from '../support/rows';

const at = (second: number): string => timestamp(BigInt(second) * 1_000_000_000n);

/** A record of PID 77 that began and ended at these seconds. */
function record(id: bigint, [start, end]: readonly [number, number?], given: Partial<Process> = {}): Process {
  return aProcess({
    ...{ id, pid: 77, startedAt: at(start), startSeq: BigInt(start), owners: [Number(id)] },
    ...(end === undefined ? {} : { state: 'exited', endedAt: at(end), endSeq: BigInt(end) }),
    ...given,
  });
}
const detached = (id: bigint, lifetime: readonly [number, number], given: Partial<Process> = {}): Process =>
  record(id, lifetime, { state: 'detached', ...given });

const ids = (...rows: readonly Process[]): bigint[][] => byProcess(rows).map((records) => records.map(({ id }) => id));

test('groups records that existed at the same time as one process', () => {
  expect(ids(record(1n, [0]), record(2n, [5]))).toEqual([[1n, 2n]]);
  expect(ids(record(1n, [0, 9]), record(2n, [5, 9]), record(3n, [8, 9]))).toEqual([[1n, 2n, 3n]]);
  expect(ids(record(1n, [0, 9]), detached(2n, [2, 4]), record(3n, [5, 9]))).toEqual([[1n, 2n, 3n]]);
  expect(ids(detached(1n, [0, 5]), record(2n, [4, 9]), record(3n, [8, 9]))).toEqual([[1n, 2n, 3n]]);
});

test('treats a reused PID as another process, even if the clock was set back', () => {
  expect(ids(record(1n, [0, 5]), record(2n, [6]), record(3n, [7]))).toEqual([[1n], [2n, 3n]]);
  expect(ids(record(1n, [0, 5]), record(2n, [6], { startedAt: at(3) }))).toEqual([[1n], [2n]]);
  expect(ids(record(1n, [0]), record(2n, [0], { pid: 78 }))).toEqual([[1n], [2n]]);
  expect(ids(record(1n, [0, 5]), record(2n, [6, 7], { startedAt: at(3), endedAt: at(4) }))).toEqual([[1n], [2n]]);
});

test('groups the records of a process even if the clock was set back', () => {
  const [early, late] = [record(1n, [0, 9], { endedAt: at(3) }), record(2n, [5, 9], { endedAt: at(3) })];
  expect(ids(early, late)).toEqual([[1n, 2n]]);
});

test('treats a process that was detached and attached again as two parts', () => {
  expect(ids(detached(1n, [0, 5]), record(2n, [6]))).toEqual([[1n], [2n]]);
});

test('groups the records of a process that ends while they are read', () => {
  expect(ids(record(1n, [0]), record(2n, [3, 9]))).toEqual([[1n, 2n]]);
});

test('represents a process by the record that began first', () => {
  const first = record(1n, [0, 9], { traffic: tcp(10n) });
  const of = (reasons: string[]): Partial<Process> => ({ exact: reasons.length === 0, reasons });
  expect(standing([first, record(2n, [5, 9], of(['zcrx']))])).toEqual([{ process: first, ...of([]) }]);
  const bound = { ...first, ...of(['zcrx']) };
  expect(standing([bound, record(2n, [5, 9])])).toEqual([{ process: bound, ...of(['zcrx']) }]);
});

test('represents a process by the record with the most traffic if the first one was detached', () => {
  const first = detached(1n, [0, 5], { traffic: tcp(10n) });
  for (const [bytes, id] of [
    [3n, 1n],
    [30n, 2n],
  ] as const) {
    for (const other of [record(2n, [4], { traffic: tcp(bytes) }), record(2n, [4, 9], { traffic: tcp(bytes) })]) {
      expect(standing([first, other])).toMatchObject([{ process: { id }, exact: false, reasons: ['detached'] }]);
    }
  }
  expect(standing([first, detached(2n, [2, 4])])).toEqual([{ process: first, exact: true, reasons: [] }]);
});
