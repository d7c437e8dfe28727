// SPDX-License-Identifier: MIT
import { stringify } from 'csv-stringify/sync';
import { SCHEMA, toJson } from '../../util/json';
import { formatMetrics, type Metric } from './prometheus';
import type { Style } from './style';

export const FORMATS = ['table', 'json', 'ndjson', 'csv', 'prom'] as const;
export type Format = (typeof FORMATS)[number];

export type CsvValue = string | bigint | number | boolean | null;

/** One result, in all the forms in which it can be printed. */
export interface Report {
  /** Names the shape of `data`, for readers of JSON. */
  readonly type: string;
  /** The whole as one JSON document. */
  readonly data: object;
  /** The parts as JSON documents of a line each; default: the whole. */
  readonly lines?: readonly { readonly type: string; readonly data: object }[];
  readonly csv: { readonly columns: readonly string[]; readonly rows: readonly (readonly CsvValue[])[] };
  readonly metrics: readonly Metric[];
  /** For people. */
  readonly table: (style: Style) => string;
}

/** Text that ends with a line feed, or is empty. */
export function formatReport(report: Report, format: Format, style: Style): string {
  const document = ({ type, data }: { type: string; data: object }): object => ({ schema: SCHEMA, type, ...data });
  switch (format) {
    case 'json':
      return `${toJson(document(report), 2)}\n`;
    case 'ndjson':
      return (report.lines ?? [report]).map((line) => `${toJson(document(line))}\n`).join('');
    case 'csv':
      return formatCsv(report.csv);
    case 'prom':
      return formatMetrics(report.metrics);
    case 'table':
      return `${report.table(style).trimEnd()}\n`;
  }
}

/** For reports that follow each other: JSON is a line each, and CSV has its header once. */
export function nextFormatter(format: Format, style: Style): (report: Report) => string {
  let isFirst = true;
  return (report) => {
    const text =
      format === 'csv'
        ? formatCsv(report.csv, isFirst)
        : formatReport(report, format === 'json' ? 'ndjson' : format, style);
    isFirst = false;
    return text;
  };
}

function formatCsv({ columns, rows }: Report['csv'], header = true): string {
  // Written as text, so that no count goes through a Number. A spreadsheet would calculate a name that begins with =.
  return stringify(
    rows.map((row) => row.map((value) => (value === null ? '' : String(value)))),
    { header, columns: [...columns], escape_formulas: true },
  );
}
