// SPDX-License-Identifier: MIT
import { sparkline } from '../../../../src/cli/watch/sparkline';
import { clip, clipStart, fit, widthOf, wrap, wrapAndClip } from '../../../../src/cli/format/fit';

test.each([
  ['server', 10, 'server'],
  ['server', 6, 'server'],
  ['server', 5, 'serv…'],
  ['日本語', 6, '日本語'],
  // A wide character is not cut in two: a column stays free.
  ['日本語', 4, '日…'],
  ['e\u0301a', 2, 'e\u0301a'],
  ['server', 0, ''],
])('%s in %d columns is %s', (text, width, wanted) => {
  expect(clip(text, width)).toBe(wanted);
});

test('clipStart keeps the end of a text', () => {
  expect(clipStart('/usr/sbin/nginx', 6)).toBe('…nginx');
  expect(clipStart('日本語', 4)).toBe('…語');
});

test('a cell has exactly its width', () => {
  expect(fit('日本語', 5)).toBe('日本…');
  expect(fit('日本語', 4)).toBe('日… ');
  expect(fit('7', 3, 'right')).toBe('  7');
  for (let width = 0; width < 9; width += 1) expect(widthOf(fit('a日b本c', width))).toBe(width);
});

test('wraps text between words', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('an incomprehensible word', 5)).toEqual(['an', 'incomprehensible', 'word']);
  expect(wrapAndClip('an incomprehensible word', 5)).toEqual(['an', 'inco…', 'word']);
});

test.each<[bigint[], number, string]>([
  [[], 4, '    '],
  [[8n, 4n, 1n, 0n], 4, '█▄▁ '],
  [[1n, 2n, 3n], 2, '▆█'],
  [[5n], 3, '  █'],
  [[1n, 2n ** 64n], 2, '▁█'],
  [[0n, 0n], 2, '  '],
  [[1n], 0, ''],
])('a history of %p in %d columns is %p', (values, width, wanted) => {
  expect(sparkline(values, width)).toBe(wanted);
});
