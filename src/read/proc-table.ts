// SPDX-License-Identifier: MIT
import { TrafficError } from '../model/errors';

/** Version of `/proc/net_traffic` that this package reads. */
export const ABI = 1;

/** The kernel's counters are of 64 bits. */
const MAX_COUNT = 2n ** 64n - 1n;

const FIRST_LINE = /^net_traffic (\d+)$/;

/** One row, read by column name: columns may be appended to the files, never moved or removed. */
export class Row {
  readonly #file: string;
  readonly #columns: ReadonlyMap<string, number>;
  readonly #fields: readonly string[];

  constructor(file: string, columns: ReadonlyMap<string, number>, fields: readonly string[]) {
    this.#file = file;
    this.#columns = columns;
    this.#fields = fields;
  }

  #raw(column: string): string {
    const index = this.#columns.get(column);
    const value = index === undefined ? undefined : this.#fields[index];
    if (value === undefined) throw malformed(this.#file, `it has no column ${column}`);
    return value;
  }

  /** A string that is always known. */
  text(column: string): string {
    return unescapeField(this.#raw(column));
  }

  optionalText(column: string): string | null {
    const raw = this.#raw(column);
    return raw === '-' ? null : unescapeField(raw);
  }

  count(column: string): bigint {
    return this.#number(column, this.#raw(column));
  }

  #number(column: string, text: string): bigint {
    if (!/^\d+$/.test(text)) throw malformed(this.#file, `${column} is '${text}', not a number`);
    const value = BigInt(text);
    if (value > MAX_COUNT) throw malformed(this.#file, `${column} is ${text}, more than 64 bits`);
    return value;
  }

  optionalCount(column: string): bigint | null {
    return this.#raw(column) === '-' ? null : this.count(column);
  }

  /** A number that is small by nature: a PID, a uid, a limit. */
  integer(column: string): number {
    const value = Number(this.count(column));
    if (!Number.isSafeInteger(value)) throw malformed(this.#file, `${column} is out of range`);
    return value;
  }

  optionalInteger(column: string): number | null {
    return this.#raw(column) === '-' ? null : this.integer(column);
  }

  flag(column: string): boolean {
    return this.oneOf(column, ['0', '1']) === '1';
  }

  oneOf<T extends string>(column: string, values: readonly T[]): T {
    const raw = this.#raw(column);
    const found = values.find((value) => value === raw);
    if (found === undefined) throw malformed(this.#file, `${column} is '${raw}', not one of ${values.join(', ')}`);
    return found;
  }

  /** A comma list; unknown is the empty list. */
  list(column: string): string[] {
    const raw = this.#raw(column);
    return raw === '-' || raw === '' ? [] : raw.split(',').map(unescapeField);
  }

  countList(column: string): bigint[] {
    return this.list(column).map((item) => this.#number(column, item));
  }
}

/**
 * The rows of one file of `/proc/net_traffic`.
 * @throws {TrafficError} ERR_ABI when the text is not of this version, or not a whole file.
 */
export function parseTable(text: string, file: string): Row[] {
  const { columns, lines } = linesOf(text, file);
  return lines.map((line, index) => rowOf(line, index, columns, file));
}

/**
 * Reads one file again and again. Most processes of a large machine are idle: a line that was there the last time, each
 * is there once, costs no parsing.
 */
export class TableReader<T> {
  readonly #parse: (row: Row) => T;
  #header = '';
  #known = new Map<string, T>();

  constructor(parse: (row: Row) => T) {
    this.#parse = parse;
  }

  /** As {@link parseTable}; what did not change is the same object as before. */
  read(text: string, file: string): T[] {
    const { header, columns, lines } = linesOf(text, file);
    const before = header === this.#header ? this.#known : new Map<string, T>();
    this.#header = header;
    this.#known = new Map();
    return lines.map((line, index) => {
      const value = before.get(line) ?? this.#parse(rowOf(line, index, columns, file));
      this.#known.set(line, value);
      return value;
    });
  }
}

interface Lines {
  readonly header: string;
  readonly columns: ReadonlyMap<string, number>;
  readonly lines: readonly string[];
}

function linesOf(text: string, file: string): Lines {
  const lines = text.split('\n');
  checkAbi(lines[0] ?? '', file);
  if (lines.pop() !== '') throw malformed(file, 'it ends in the middle of a line');
  const header = lines[1];
  if (header === undefined) throw malformed(file, 'it has no column names');
  const columns = new Map(header.split('\t').map((name, index) => [name, index]));
  return { header, columns, lines: lines.slice(2) };
}

function rowOf(line: string, index: number, columns: ReadonlyMap<string, number>, file: string): Row {
  const fields = line.split('\t');
  if (fields.length !== columns.size) {
    throw malformed(file, `line ${index + 3} has ${fields.length} fields for ${columns.size} columns`);
  }
  return new Row(file, columns, fields);
}

function checkAbi(firstLine: string, file: string): void {
  const version = FIRST_LINE.exec(firstLine)?.[1];
  if (version === undefined) {
    throw new TrafficError(
      'ERR_ABI',
      `${file} does not begin with 'net_traffic ${ABI}': it is not this module's file.`,
      {
        hint: "Unload what is loaded as net_traffic (rmmod net_traffic) and load this package's module: lkm-traffic load --fname=NAME",
      },
    );
  }
  if (version !== String(ABI)) {
    throw new TrafficError(
      'ERR_ABI',
      `The loaded net_traffic module speaks version ${version} of ${file}; this package reads version ${ABI}.`,
      { hint: 'Unload it and load the module of this package: lkm-traffic unload, then lkm-traffic load --fname=NAME' },
    );
  }
}

function malformed(file: string, what: string): TrafficError {
  return new TrafficError('ERR_ABI', `${file} cannot be read: ${what}.`, {
    hint: 'The loaded module and this package do not belong together: lkm-traffic unload, then load it again.',
  });
}

/**
 * Undoes the kernel's `seq_escape`: a backslash and three octal digits are a character. The result is a copy: a string
 * that was cut out of another would keep that in memory, here the whole file, for as long as somebody has the process.
 */
function unescapeField(text: string): string {
  return Buffer.from(text)
    .toString()
    .replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
