// SPDX-License-Identifier: MIT
import { compare } from '../../../bench/compare';
import type { Result, Row } from '../../../bench/result';

const row = (workload: string, state: string, added: number, ours = true, bare = 7500): Row => ({
  ...{ workload, state, ours, added, command: '' },
  ...{ instructions: bare + added, percent: (100 * added) / bare },
});

const result = (rows: readonly Row[], more: Partial<Result> = {}): Result => ({
  schema: 'lkm-traffic-bench/1',
  ...{ kernel: '6.12.1', qemu: '7.2', append: '', quick: true, mitigations: [], failures: [], sizes: [] },
  ...{ rows, ...more },
});

const baseline = [result([row('udp', 'tracepoint, target', 180), row('udp', 'tracepoint, bystander', 60)])];

test('fails a row that grew by more than 5 % and by more than 10 instructions, and names it', () => {
  const { lines, passed, failed } = compare(
    result([row('udp', 'tracepoint, target', 191), row('udp', 'tracepoint, bystander', 60)]),
    baseline,
  );
  expect({ passed, failed }).toEqual({ passed: 1, failed: 1 });
  expect(lines.join()).toContain('udp, tracepoint, target: 191 instructions, were 180');
});

test.each([
  ['10 instructions more', 'tracepoint, target', 190],
  ['more than 5 %, but few instructions', 'tracepoint, bystander', 70],
  ['fewer', 'tracepoint, target', 100],
  ['a row that is not in the baseline', 'tracepoint, target of a session', 1000],
])('%s is no growth', (_, state, added) => {
  expect(compare(result([row('udp', state, added)]), baseline)).toMatchObject({ passed: 1, failed: 0 });
});

test('accepts more than 10 instructions if they are not more than 5 %', () => {
  const before = [result([row('tcp', 'redirect, target', 1000)])];
  expect(compare(result([row('tcp', 'redirect, target', 1040)]), before)).toMatchObject({ passed: 1, failed: 0 });
});

test('accepts a growth that is small beside a large operation', () => {
  const of = (added: number): Result => result([row('bulk', 'redirect, bystander', added, true, 48_000)]);
  expect(compare(of(94), [of(70)])).toMatchObject({ passed: 1, failed: 0 });
  expect(compare(of(95), [of(70)])).toMatchObject({ passed: 0, failed: 1 });
});

test('accepts a growth within the variation of the workload', () => {
  const again = row('udp', 'nothing, again', -30, false);
  expect(compare(result([row('udp', 'tracepoint, target', 205), again]), baseline)).toMatchObject({ failed: 0 });
});

test('does not compare alternatives, a line of the log, an exec and a request to Node', () => {
  const rows = [
    row('udp', 'strace', 1, false),
    row('udp', 'redirect, target, log_packets', 1),
    row('exec', 'redirect, target', 1),
    row('http', 'redirect, target', 1),
  ];
  expect(compare(result(rows), [result(rows)])).toMatchObject({ passed: 0, failed: 0 });
});

test.each([
  ['another kernel', { kernel: '6.12.2' }],
  ['another QEMU', { qemu: '8.0' }],
  ['the full form', { quick: false }],
  ['other arguments', { append: 'mitigations=auto' }],
])('%s is not comparable, and the report says so', (_, more) => {
  const { lines, passed, failed } = compare(result([row('udp', 'tracepoint, target', 9999)], more), baseline);
  expect({ passed, failed }).toEqual({ passed: 0, failed: 0 });
  expect(lines.join()).toContain('not comparable');
});
