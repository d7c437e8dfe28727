// SPDX-License-Identifier: MIT
import { fit, widthOf, wrap } from './fit';
import type { Style } from './style';

/** A column of a table whose rows are of type `T`. */
export interface Column<T> {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** The smallest width. It keeps a number that grows from shifting the columns beside it. */
  readonly least: number;
  /** The column takes the width that the others leave, at least `least`. Only one column of a table may be flexible. */
  readonly flexible?: boolean;
  readonly cell: (row: T, width: number) => string;
}

export interface Table {
  readonly titles: string;
  readonly lines: readonly string[];
}

const GAP = 2;
const INDENT = 4;
/** A column that wraps is not made narrower than this. */
const WRAPPED_LEAST = 24;

type Align = Pick<Column<unknown>, 'align'>;

function lineOf(columns: readonly Align[], widths: readonly number[], cells: readonly string[]): string {
  return cells.map((cell, n) => fit(cell, widths[n] ?? 0, columns[n]?.align)).join(' '.repeat(GAP));
}

/** The width that `width` leaves beside columns of these widths. */
function restOf(width: number, others: readonly number[]): number {
  return width - others.reduce((sum, each) => sum + each, 0) - GAP * others.length;
}

function widestOf(title: string, cells: readonly string[], least = 0): number {
  return cells.reduce((most, cell) => Math.max(most, widthOf(cell)), Math.max(least, widthOf(title)));
}

function widthsOf<T>(columns: readonly Column<T>[], rows: readonly T[], width: number): number[] {
  const fixed = columns.map(({ title, least, flexible, cell }) =>
    flexible === true
      ? 0
      : widestOf(
          title,
          rows.map((row) => cell(row, least)),
          least,
        ),
  );
  return columns.map(({ flexible }, n) => (flexible === true ? restOf(width, fixed.toSpliced(n, 1)) : (fixed[n] ?? 0)));
}

/**
 * A table of exactly `width` columns of the terminal. `choices` are sets of columns, the widest first: the first set
 * that fits is used. If none fits, the last one is used and cut off.
 */
export function layOut<T>(choices: readonly (readonly Column<T>[])[], rows: readonly T[], width: number): Table {
  const sets = choices.map((columns) => ({ columns, widths: widthsOf(columns, rows, width) }));
  const fitting = sets.find(({ columns, widths }) =>
    columns.every(({ flexible, least }, n) => flexible !== true || (widths[n] ?? 0) >= least),
  );
  const { columns = [], widths = [] } = fitting ?? sets[sets.length - 1] ?? {};
  const line = (cells: readonly string[]): string => fit(lineOf(columns, widths, cells), width);
  return {
    titles: line(columns.map(({ title }) => title)),
    lines: rows.map((row) => line(columns.map(({ cell }, n) => cell(row, widths[n] ?? 0)))),
  };
}

/** A column of a report. It is as wide as its widest cell. */
export interface TextColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** The last column may wrap its text to the width of the terminal. */
  readonly wraps?: boolean;
}

/** The cells of a row, or a text that stands below the row before it. */
export type TextRow = readonly string[] | string;

const isRow = (row: TextRow): row is readonly string[] => typeof row !== 'string';

/** Text below a row. An indented line of it is a command to paste, and is not broken. */
function textBelow(text: string, width: number): string[] {
  return text
    .split('\n')
    .flatMap((line) => (line.startsWith(' ') ? [line] : wrap(line, width - INDENT)))
    .map((line) => ' '.repeat(INDENT) + line);
}

/** The table of a report: titles in bold, then the rows. Cells may have colours. */
export function formatTable(
  columns: readonly TextColumn[],
  rows: readonly TextRow[],
  { colors, width }: Pick<Style, 'colors' | 'width'>,
): string {
  const available = width ?? Infinity;
  const cells = rows.filter(isRow);
  const widths = columns.map(({ title }, n) =>
    widestOf(
      title,
      cells.map((row) => row[n] ?? ''),
    ),
  );
  const room =
    columns.at(-1)?.wraps === true ? Math.max(WRAPPED_LEAST, restOf(available, widths.slice(0, -1))) : Infinity;
  const linesOf = (row: readonly string[]): string[] => {
    const before = row.slice(0, -1);
    const [first = '', ...others] = wrap(row.at(-1) ?? '', room);
    return [[...before, first], ...others.map((text) => [...before.map(() => ''), text])].map((line) =>
      lineOf(columns, widths, line),
    );
  };
  const titles = columns.map(({ title }) => colors.bold(title));
  return [
    lineOf(columns, widths, titles),
    ...rows.flatMap((row) => (isRow(row) ? linesOf(row) : textBelow(row, available))),
  ]
    .map((line) => line.trimEnd())
    .join('\n');
}
