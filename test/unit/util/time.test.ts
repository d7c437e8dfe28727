// SPDX-License-Identifier: MIT
import { timestamp } from '../../../src/util/time';

test('keeps each nanosecond', () => {
  expect(timestamp(1795489200123456789n)).toBe('2026-11-24T03:00:00.123456789Z');
  expect(timestamp(1795489200000000001n)).toBe('2026-11-24T03:00:00.000000001Z');
});

test('writes a time that Date can read', () => {
  expect(new Date(timestamp(1795489200123456789n)).getTime()).toBe(1795489200123);
});
