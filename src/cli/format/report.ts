// SPDX-License-Identifier: MIT
import { SCHEMA, toJson } from '../../util/json';
import { formatMetrics, type Metric } from './prometheus';
import type { Style } from './style';

export const FORMATS = ['table', 'json', 'ndjson', 'csv', 'prom'] as const;
export type Format = (typeof FORMATS)[number];

export type CsvValue = string | bigint | number | boolean | null;

/** One result, in every format in which it can be printed. */
export interface Report {
  /** Names the shape of `data`, for readers of JSON. */
  readonly type: string;
  /** The whole as one JSON document. */
  readonly data: object;
  /** The parts, for ndjson. Default: the whole as one line. */
  readonly lines?: readonly { readonly type: string; readonly data: object }[];
  readonly csv: { readonly columns: readonly string[]; readonly rows: readonly (readonly CsvValue[])[] };
  readonly metrics: readonly Metric[];
  /** The format for people. */
  readonly table: (style: Style) => string;
}

/** The text ends with a line feed, or is empty. */
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

/** A formatter for reports that follow each other: each JSON document is one line, and CSV has its header once. */
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

/**
 * A field of a CSV file (RFC 4180): in quotes if it has a comma, a quote or a line break. A spreadsheet would calculate
 * a name that begins with one of `=+-@`, so an apostrophe comes before such a name.
 */
function csvField(value: CsvValue): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const text = /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function formatCsv({ columns, rows }: Report['csv'], header = true): string {
  return [...(header ? [columns] : []), ...rows].map((row) => `${row.map(csvField).join(',')}\n`).join('');
}
