// SPDX-License-Identifier: MIT
/** /proc/net_traffic as its contract has it, read without any of the product's code. */
import { readFileSync } from 'node:fs';

export type Row = Record<string, string>;

const unescape = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));

export function parseTable(text: string): Row[] {
  const [header, columns, ...lines] = text.split('\n');
  if (header !== 'net_traffic 1' || columns === undefined) throw new Error(`not a file of the module: ${text}`);
  if (lines.pop() !== '') throw new Error(`the last line is not complete: ${text}`);
  const names = columns.split('\t');
  return lines.map((line) => {
    const fields = line.split('\t');
    if (fields.length !== names.length) throw new Error(`${fields.length} fields of ${names.length}: ${line}`);
    return Object.fromEntries(names.map((name, n) => [name, unescape(fields[n] ?? '')]));
  });
}

export const readText = (file: string): string => readFileSync(`/proc/net_traffic/${file}`, 'latin1');
export const readTable = (file: string): Row[] => parseTable(readText(file));

/** The records of processes; with a pid, those of it, in the order of their ids. */
export const counters = (pid?: number): Row[] =>
  readTable('counters').filter((row) => pid === undefined || row['pid'] === String(pid));

/** The one record that there is of a process. */
export function record(pid: number): Row {
  const [row, ...more] = counters(pid);
  if (row === undefined || more.length > 0) throw new Error(`${more.length + (row ? 1 : 0)} records of ${pid}`);
  return row;
}

export const programs = (name?: string): Row[] =>
  readTable('programs').filter((row) => name === undefined || row['name'] === name);

export function theProgram(name: string): Row {
  const [row, ...more] = programs(name);
  if (row === undefined || more.length > 0) throw new Error(`${more.length + (row ? 1 : 0)} programs ${name}`);
  return row;
}

export const status = (): Row =>
  Object.fromEntries(readTable('status').map((row) => [row['key'] ?? '', row['value'] ?? '']));

const transports = ['tcp', 'udp', 'other'] as const;
const columns = transports.flatMap((transport) =>
  (['rx', 'tx'] as const).flatMap((direction) => [`${transport}_${direction}_bytes`, `${transport}_${direction}_msgs`]),
);

/** The twelve counts of a row; the rest of it left out. */
export const countsOf = (row: Row): Row => Object.fromEntries(columns.map((name) => [name, row[name] ?? 'no column']));

/** Twelve counts, of which those that are not given are zero. */
export const counts = (some: Record<string, number | bigint>): Row =>
  Object.fromEntries(columns.map((name) => [name, String(some[name] ?? 0)]));

/** The sum of the counts of several rows. */
export const sumOf = (rows: readonly Row[]): Row =>
  Object.fromEntries(
    columns.map((name) => [name, String(rows.reduce((sum, row) => sum + BigInt(row[name] ?? ''), 0n))]),
  );
