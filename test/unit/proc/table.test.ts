// SPDX-License-Identifier: MIT
import { parseTable } from '../../../src/proc/table';
import { refusal } from '../support/refusal';

const FILE = '/proc/net_traffic/x';
const parse = (body: string, first = 'net_traffic 1'): ReturnType<typeof parseTable> =>
  parseTable(`${first}\n${body}`, FILE);

test('columns are found by name, wherever they stand, and unknown ones do not matter', () => {
  const [row] = parse('later\tb\ta\n9\t2\t1\n');
  expect([row?.count('a'), row?.count('b')]).toEqual([1n, 2n]);
});

test('another version is ERR_ABI, and both versions are named', () => {
  expect(() => parse('a\n', 'net_traffic 2')).toThrow(refusal('ERR_ABI', /version 2.*version 1/));
});

test.each([
  ['an empty file', '', ''],
  ['another first line', 'a\n', 'Inter-|   Receive'],
  ['a line cut short', 'a\tb\n1', 'net_traffic 1'],
  ['no column names', '', 'net_traffic 1'],
  ['a row with a field too few', 'a\tb\n1\n', 'net_traffic 1'],
  ['a row with a field too many', 'a\tb\n1\t2\t3\n', 'net_traffic 1'],
])('%s is ERR_ABI', (_, body, first) => {
  expect(() => parse(body, first)).toThrow(refusal('ERR_ABI'));
});

test('a column that is missing is named', () => {
  const [row] = parse('a\n1\n');
  expect(() => row?.count('b')).toThrow(/no column b/);
});

test.each(['-1', '1e3', '', '0x10', '-'])('%j is not a count', (text) => {
  const [row] = parse(`a\n${text}\n`);
  expect(() => row?.count('a')).toThrow(refusal('ERR_ABI'));
});

test('escapes are undone, and only a bare - is unknown', () => {
  const [row] = parse('a\tb\tc\tempty\n-\t\\055\tx\\040\\011\\012\\134\\134y\t\n');
  expect(row?.optionalText('a')).toBeNull();
  expect(row?.optionalText('b')).toBe('-');
  expect(row?.text('c')).toBe('x \t\n\\\\y');
  expect(row?.optionalText('empty')).toBe('');
});
