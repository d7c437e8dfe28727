// SPDX-License-Identifier: MIT
import { TrafficError } from '../model/errors';

/** Version of the file format of `/proc/net_traffic` that this package reads. */
export const ABI = 1;

/** The kernel's counters have 64 bits. */
const MAX_COUNT = 2n ** 64n - 1n;

const FIRST_LINE = /^net_traffic (\d+)$/;

/** One row, read by column name. A later version of the module may append columns to a file. */
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
    if (value === undefined) throw malformed(this.#file, `the column ${column} is missing`);
    return value;
  }

  /** A string that is never unknown. */
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

  /** A number that always fits into a Number, such as a PID, a user ID or a limit. */
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

  /** A list separated by commas; empty if it is unknown. */
  list(column: string): string[] {
    const raw = this.#raw(column);
    return raw === '-' || raw === '' ? [] : raw.split(',').map(unescapeField);
  }

  countList(column: string): bigint[] {
    return this.list(column).map((item) => this.#number(column, item));
  }
}

/**
 * Parses one file of `/proc/net_traffic` into rows.
 *
 * @throws {TrafficError} ERR_ABI if the file has another version, or is incomplete
 */
export function parseTable(text: string, file: string): Row[] {
  const { columns, lines } = linesOf(text, file);
  return lines.map((line, index) => rowOf(line, index, columns, file));
}

/**
 * Parses one file repeatedly. A line that is the same as in the last call is not parsed again, because on a large machine
 * most processes are idle.
 */
export class TableReader<T> {
  readonly #parse: (row: Row) => T;
  #header = '';
  #known = new Map<string, T>();

  constructor(parse: (row: Row) => T) {
    this.#parse = parse;
  }

  /** Parses like {@link parseTable}. A line that did not change gives the same object as before. */
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
  if (lines.pop() !== '') throw malformed(file, 'the last line is incomplete');
  const header = lines[1];
  if (header === undefined) throw malformed(file, 'the line with the column names is missing');
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
      `${file} does not begin with 'net_traffic ${ABI}': another module of this name made it.`,
      { hint: 'To load the module of this package: rmmod net_traffic; lkm-traffic load --fname=NAME' },
    );
  }
  if (version !== String(ABI)) {
    throw new TrafficError(
      'ERR_ABI',
      `The loaded net_traffic module has version ${version} of ${file}. This package reads version ${ABI}.`,
      { hint: 'To load the module of this package: lkm-traffic unload; lkm-traffic load --fname=NAME' },
    );
  }
}

/** The error for a file whose text this package cannot parse. */
export function malformed(file: string, what: string): TrafficError {
  return new TrafficError('ERR_ABI', `${file} cannot be read: ${what}.`, {
    hint: 'The loaded module does not match this package. To load the right one: lkm-traffic unload; lkm-traffic load --fname=NAME',
  });
}

/**
 * Reverses the kernel's `seq_escape()`: a backslash and three octal digits are a character. The result is a copy, because
 * V8 keeps the whole file in memory for as long as a substring of it exists.
 */
function unescapeField(text: string): string {
  return Buffer.from(text)
    .toString()
    .replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
