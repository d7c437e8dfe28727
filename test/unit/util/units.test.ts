// SPDX-License-Identifier: MIT
import { exactAmount, fullAmount, roundedAmount, parseAmount } from '../../../src/util/units';

test.each([
  [0n, '0 bytes'],
  [1n, '1 byte'],
  [175n, '175 bytes'],
  [5_000_246n, '5000246 bytes (5.00 MB)'],
  [12_345_678n, '12345678 bytes (12.3 MB)'],
  [999_499n, '999499 bytes (999 kB)'],
  [999_500n, '999500 bytes (1.00 MB)'],
  [18446744073709551615n, '18446744073709551615 bytes (18.4 EB)'],
])('%d is %s', (bytes, text) => {
  expect(fullAmount(bytes)).toBe(text);
});

test('names powers of 1024 as such', () => {
  expect(roundedAmount(1024n, { iec: true })).toBe('1.00 KiB');
  expect(roundedAmount(1023n, { iec: true })).toBeNull();
  expect(roundedAmount(18446744073709551615n, { iec: true })).toBe('16.0 EiB');
});

test('shows eight bits for each byte', () => {
  expect(exactAmount(35n, { bits: true })).toBe('280 bits');
  expect(roundedAmount(125_000n, { bits: true })).toBe('1.00 Mbit');
});

test.each([
  ['1000', 1000n],
  ['0', 0n],
  ['10MB', 10_000_000n],
  ['10 mb', 10_000_000n],
  ['1.5MiB', 1_572_864n],
  ['1.5k', 1500n],
  ['16EiB', 18_446_744_073_709_551_616n],
  ['0.001kB', 1n],
])('the amount %s is %i bytes', (text, bytes) => {
  expect(parseAmount(text)).toBe(bytes);
});

test.each(['', 'MB', '-1', '1.5', '0.0001kB', '10Mbit', '1e3', '10 M B', '1_000'])(
  'rejects %j as an amount',
  (text) => {
    expect(parseAmount(text)).toBeNull();
  },
);
