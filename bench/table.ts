// SPDX-License-Identifier: MIT
/** Turns results into tables. */
import type { Result, Row, Size } from './result';

export type Lines = readonly (readonly string[])[];

const unique = (values: readonly string[]): string[] => [...new Set(values)];
export const statesOf = ({ rows }: Result): string[] => unique(rows.map(({ state }) => state));
export const workloadsOf = ({ rows }: Result): string[] => unique(rows.map(({ workload }) => workload));
export const rowOf = ({ rows }: Result, workload: string, state: string): Row | undefined =>
  rows.find((row) => row.workload === workload && row.state === state);

/** Percent between the first and the last measurement of the bare workload. Smaller differences mean nothing. */
export const drift = (result: Result, workload: string): number =>
  Math.abs(rowOf(result, workload, 'nothing, again')?.percent ?? 0);

export function percentOf(row: Row | undefined): string {
  if (row === undefined) return '';
  const percent = Math.abs(row.percent);
  return `${row.percent < 0 ? '−' : '+'}${percent.toFixed(percent >= 100 ? 0 : percent >= 10 ? 1 : 2)} %`;
}

const cell = (row: Row | undefined): string => (row?.state === 'nothing' ? String(row.instructions) : percentOf(row));

/** One line for each method, one column for each workload. */
export const costs = (result: Result): Lines => [
  ['', ...workloadsOf(result)],
  ...statesOf(result).map((state) => [
    state,
    ...workloadsOf(result).map((workload) => cell(rowOf(result, workload, state))),
  ]),
];

export const tablesOf = ({ sizes }: Result): string[] => unique(sizes.map(({ table }) => table));

/** One table of sizes. */
export function sizesIn(result: Result, table: string): Lines {
  const sizes = result.sizes.filter((size) => size.table === table);
  const columns = unique(sizes.map(({ column }) => column));
  const value = (line: string, column: string): Size | undefined =>
    sizes.find((size) => size.line === line && size.column === column);
  return [
    [table, ...columns],
    ...unique(sizes.map(({ line }) => line)).map((line) => [
      line,
      ...columns.map((column) => value(line, column)?.value ?? ''),
    ]),
  ];
}

export function printed(lines: Lines): string {
  const widths = lines[0]?.map((_, n) => Math.max(...lines.map((line) => line[n]?.length ?? 0))) ?? [];
  return lines
    .map((line) =>
      line.map((text, n) => (n === 0 ? text.padEnd(widths[n] ?? 0) : text.padStart(widths[n] ?? 0))).join('  '),
    )
    .join('\n');
}

/** A Markdown table. The first `words` columns are left-aligned, the other columns are numbers. */
export function markdown([header = [], ...lines]: Lines, words = 1): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = header.map((_, n) => (n < words ? '---' : '---:'));
  return [line(header), `|${rule.join('|')}|`, ...lines.map(line)].join('\n');
}

export interface Cheaper {
  readonly alternative: string;
  readonly workload: string;
  readonly cost: string;
  readonly ours: string;
}

/** The alternatives that cost less than a target of ours. The report says what they do not count. */
export function cheaper(result: Result): Cheaper[] {
  return workloadsOf(result).flatMap((workload) => {
    const target = result.rows
      .filter((row) => row.ours && row.workload === workload && /, target( of a session)?$/.test(row.state))
      .sort((a, b) => a.instructions - b.instructions)[0];
    if (target === undefined) return [];
    return result.rows
      .filter((row) => !row.ours && row.command !== '' && row.workload === workload)
      .filter((row) => !row.state.endsWith(', bystander') && row.percent + drift(result, workload) < target.percent)
      .map((row) => ({ alternative: row.state, workload, cost: percentOf(row), ours: percentOf(target) }));
  });
}
