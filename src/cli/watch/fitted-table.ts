// SPDX-License-Identifier: MIT
import { fit, widthOf } from './text';

export interface Column<T> {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Columns of the terminal that it has at least: numbers that grow are not to move what is beside them. */
  readonly least: number;
  /** It takes what the others leave, of which there are `least` at least. One column of a table does. */
  readonly flexible?: boolean;
  readonly cell: (row: T, width: number) => string;
}

export interface Table {
  readonly titles: string;
  readonly lines: readonly string[];
}

const GAP = 2;

function widthsOf<T>(columns: readonly Column<T>[], rows: readonly T[], width: number): number[] {
  const fixed = columns.map(({ title, least, flexible, cell }) =>
    flexible === true
      ? 0
      : rows.reduce((most, row) => Math.max(most, widthOf(cell(row, least))), Math.max(least, widthOf(title))),
  );
  const rest = width - fixed.reduce((sum, each) => sum + each, 0) - GAP * (columns.length - 1);
  return columns.map(({ flexible }, n) => (flexible === true ? rest : (fixed[n] ?? 0)));
}

/** Rows in the first of several sets of columns, from the widest on, that has room; the last one is cut off. */
export function layOut<T>(choices: readonly (readonly Column<T>[])[], rows: readonly T[], width: number): Table {
  const sets = choices.map((columns) => ({ columns, widths: widthsOf(columns, rows, width) }));
  const fitting = sets.find(({ columns, widths }) =>
    columns.every(({ flexible, least }, n) => flexible !== true || (widths[n] ?? 0) >= least),
  );
  const { columns = [], widths = [] } = fitting ?? sets[sets.length - 1] ?? {};
  const lineOf = (cells: readonly string[]): string =>
    fit(cells.map((cell, n) => fit(cell, widths[n] ?? 0, columns[n]?.align)).join(' '.repeat(GAP)), width);
  return {
    titles: lineOf(columns.map(({ title }) => title)),
    lines: rows.map((row) => lineOf(columns.map(({ cell }, n) => cell(row, widths[n] ?? 0)))),
  };
}
