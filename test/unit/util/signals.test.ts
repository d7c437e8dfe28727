// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { signalName, signalNumber } from '../../../src/util/signals';

// Those that end a process; SIGABRT and SIGIO have two names each.
test.each([1, 2, 3, 6, 9, 11, 15, 29])('names signal %d as Node does', (number) => {
  const { signal } = spawnSync('sh', ['-c', `ulimit -c 0; kill -${number} $$`]);
  expect(signalName(number)).toBe(signal);
  expect(signalNumber(signalName(number))).toBe(number);
});

test('names a signal without a name by its number', () => {
  expect(signalName(34)).toBe('SIG34');
  expect(signalNumber('SIG34')).toBe(34);
});
