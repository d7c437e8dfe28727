// SPDX-License-Identifier: MIT
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseTable, TableReader } from '../../../src/read/proc-table';
import { refusal } from '../support/refusal';

const FILE = '/proc/net_traffic/x';
const parse = (body: string, first = 'net_traffic 1'): ReturnType<typeof parseTable> =>
  parseTable(`${first}\n${body}`, FILE);

test('finds columns by name in any order, and ignores unknown ones', () => {
  const [row] = parse('later\tb\ta\n9\t2\t1\n');
  expect([row?.count('a'), row?.count('b')]).toEqual([1n, 2n]);
});

test('rejects another version with ERR_ABI and names both versions', () => {
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

test('names a missing column', () => {
  const [row] = parse('a\n1\n');
  expect(() => row?.count('b')).toThrow(/the column b is missing/);
});

test.each(['-1', '1e3', '', '0x10', '-'])('rejects %j as a count', (text) => {
  const [row] = parse(`a\n${text}\n`);
  expect(() => row?.count('a')).toThrow(refusal('ERR_ABI'));
});

test('decodes escapes, and reads only an unescaped - as unknown', () => {
  const [row] = parse('a\tb\tc\tempty\n-\t\\055\tx\\040\\011\\012\\134\\134y\t\n');
  expect(row?.optionalText('a')).toBeNull();
  expect(row?.optionalText('b')).toBe('-');
  expect(row?.text('c')).toBe('x \t\n\\\\y');
  expect(row?.optionalText('empty')).toBe('');
});

test('returns the same object for an unchanged line if the columns are the same', () => {
  const parsed: string[] = [];
  const reader = new TableReader((row) => {
    parsed.push(row.text('a'));
    return { a: row.text('a') };
  });
  const read = (body: string): { a: string }[] => reader.read(`net_traffic 1\n${body}`, FILE);
  const first = read('a\tb\n1\t2\n3\t4\n');
  const second = read('a\tb\n0\t0\n3\t4\n1\t5\n');
  expect(second).toEqual([{ a: '0' }, { a: '3' }, { a: '1' }]);
  expect(second[1]).toBe(first[1]);
  expect(parsed).toEqual(['1', '3', '0', '1']);
  expect(read('b\ta\n3\t4\n')).toEqual([{ a: '4' }]);
  expect(() => read('b\ta\n3\n')).toThrow(refusal('ERR_ABI'));
});

test('does not keep the file in memory through a string of a row', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const padding = 'x'.repeat(1_000_000);
  const before = process.memoryUsage().heapUsed;
  const kept = Array.from({ length: 50 }, (_, n) => {
    const body = `a\tb\n/usr/bin/a-program-${n}\t${padding}\n`;
    return parse(Buffer.from(body).toString())[0]?.text('a');
  });
  collect();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000);
  expect(kept[7]).toBe('/usr/bin/a-program-7');
});
