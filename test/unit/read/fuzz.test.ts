// SPDX-License-Identifier: MIT
/** Whatever a file of /proc/net_traffic may hold: the parsers understand it to the digit, or say ERR_ABI. */
import fc from 'fast-check';
import { TrafficError } from '../../../src/model/errors';
import { parseControl } from '../../../src/module/control-command';
import { parseCounters } from '../../../src/read/counters-file';
import { parseFlows } from '../../../src/read/flows-file';
import { parseTable } from '../../../src/read/proc-table';
import { parsePrograms } from '../../../src/read/programs-file';
import { parseStatus } from '../../../src/read/status-file';
import { fixture } from '../support/fixtures';

const PARSERS = {
  counters: parseCounters,
  flows: parseFlows,
  programs: parsePrograms,
  status: parseStatus,
  control: parseControl,
};
type Name = keyof typeof PARSERS;
const NAMES = Object.keys(PARSERS) as Name[];

/** The result, or null where the parser said that it cannot be read. Any other failure is one. */
function parsed(name: Name, text: string): unknown {
  try {
    return PARSERS[name](text);
  } catch (error) {
    if (error instanceof TrafficError && error.code === 'ERR_ABI') return null;
    throw error;
  }
}

/** As the kernel's seq_escape writes a string: octal for what separates, and for a bare dash. */
const escape = (text: string): string =>
  text === '-' ? '\\055' : text.replace(/[\t\n\\ ]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`);

/** What a mutation puts where something else was. */
const junk = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.bigInt({ min: 0n, max: 2n ** 80n }).map(String),
  fc.constantFrom('', '-', '-1', '1e3', '0x10', ' 1', '1 ', '18446744073709551615', '18446744073709551616', '\t', '\n'),
);

test.each(NAMES)('%s: reads or rejects any text', (name) => {
  fc.assert(
    fc.property(
      fc.oneof(
        junk,
        junk.map((text) => `net_traffic 1\n${text}`),
      ),
      (text) => parsed(name, text) !== undefined,
    ),
  );
});

test.each(NAMES)('%s: reads or rejects a real file with a part replaced', (name) => {
  const text = fixture(name);
  const place = fc.nat(text.length);
  fc.assert(
    fc.property(place, fc.nat(40), junk, (at, length, put) => {
      parsed(name, text.slice(0, at) + put + text.slice(at + length));
    }),
    { numRuns: 1000 },
  );
});

test.each(NAMES)('%s: reads or rejects a real file with one field replaced', (name) => {
  const lines = fixture(name)
    .split('\n')
    .map((line) => line.split('\t'));
  fc.assert(
    fc.property(fc.nat(), fc.nat(), junk, (row, column, put) => {
      const copy = lines.map((line) => [...line]);
      const line = copy[2 + (row % Math.max(1, copy.length - 3))];
      if (line) line[column % line.length] = put.replace(/[\t\n]/g, '');
      parsed(name, copy.map((fields) => fields.join('\t')).join('\n'));
    }),
    { numRuns: 1000 },
  );
});

test('returns a number of 64 bits unchanged, and never as a Number', () => {
  const count = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  fc.assert(
    fc.property(fc.array(count, { minLength: 1, maxLength: 40 }), (counts) => {
      const names = counts.map((_, n) => `c${n}`);
      const [row] = parseTable(`net_traffic 1\n${names.join('\t')}\n${counts.join('\t')}\n`, 'x');
      expect(names.map((name) => row?.count(name))).toEqual(counts);
    }),
  );
});

test('returns a string unchanged, whatever separators it contains', () => {
  // A byte a character: the kernel's strings are bytes.
  const bytes = fc.string({ unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)) });
  fc.assert(
    fc.property(fc.array(bytes, { minLength: 2, maxLength: 6 }), (texts) => {
      const names = texts.map((_, n) => `s${n}`);
      const [row] = parseTable(`net_traffic 1\n${names.join('\t')}\n${texts.map(escape).join('\t')}\n`, 'x');
      expect(names.map((name) => row?.optionalText(name))).toEqual(texts);
    }),
  );
});

test('rejects more than 64 bits as a count and as a time', () => {
  const text = fixture('counters').replace(/\t\d{19}\t/, '\t99999999999999999999999\t');
  expect(text).not.toBe(fixture('counters'));
  expect(parsed('counters', text)).toBeNull();
});
