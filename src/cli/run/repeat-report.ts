// SPDX-License-Identifier: MIT
import type { RunResult } from '../../model/api-results';
import type { Report } from '../format/report';
import { visible, type Style } from '../format/style';
import { formatTable } from '../format/table';
import { countOf } from '../format/words';
import { endingOf, secondsOf } from './run-report';

/** The spread of several runs. `mean` and `stddev` (of the sample) are doubles; `min` and `max` are exact. */
export interface Spread<T> {
  readonly mean: number;
  readonly stddev: number;
  readonly min: T;
  readonly max: T;
}

function spreadOf<T extends number | bigint>(values: readonly T[]): Spread<T> | null {
  const [first] = values;
  if (first === undefined) return null;
  const numbers = values.map(Number);
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const squares = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    stddev: numbers.length < 2 ? 0 : Math.sqrt(squares / (numbers.length - 1)),
    min: values.reduce((least, value) => (value < least ? value : least), first),
    max: values.reduce((most, value) => (value > most ? value : most), first),
  };
}

const AMOUNTS = [
  ['receivedBytes', 'Received bytes'],
  ['sentBytes', 'Sent bytes'],
  ['receivedMessages', 'Received messages'],
  ['sentMessages', 'Sent messages'],
] as const;

/** The traffic of several runs of a command. */
export function repeatReport(command: readonly string[], results: readonly RunResult[], wanted: number): Report {
  const exact = results.every((result) => result.exact);
  const seconds = spreadOf(results.map(secondsOf));
  const amounts = AMOUNTS.map(([name, title]) => ({
    ...{ name, title },
    spread: spreadOf(results.map(({ traffic }) => traffic.total[name])),
  }));
  const spreads = { ...Object.fromEntries(amounts.map(({ name, spread }) => [name, spread])), seconds };
  return {
    type: 'runs',
    data: { command, runs: results.length, exact, ...spreads },
    csv: {
      columns: ['what', 'mean', 'stddev', 'min', 'max'],
      rows: Object.entries(spreads).map(([name, spread]) => [
        name,
        ...(spread === null ? [null, null, null, null] : [spread.mean, spread.stddev, spread.min, spread.max]),
      ]),
    },
    metrics: amounts.flatMap(({ name, spread }) =>
      spread === null
        ? []
        : [
            {
              name: `lkm_traffic_runs_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
              type: 'gauge' as const,
              help: 'The smallest and the largest amount of several runs of a command.',
              samples: [
                { labels: { of: 'min' }, value: spread.min },
                { labels: { of: 'max' }, value: spread.max },
              ],
            },
          ],
    ),
    table: (style) => {
      const rows = [...amounts, { title: 'Seconds', spread: seconds }].map(({ title, spread }) => [
        title,
        ...cellsOf(spread, exact || title === 'Seconds'),
      ]);
      return `\n${headOf(command, results, wanted, style)}\n\n${formatTable(COLUMNS, rows, style)}`;
    },
  };
}

const COLUMNS = ['', 'MEAN', '±', 'MIN', 'MAX'].map((title, n) => ({
  title,
  align: n === 0 ? ('left' as const) : ('right' as const),
}));

function cellsOf(spread: Spread<number | bigint> | null, exact: boolean): string[] {
  if (spread === null) return [];
  const { mean, stddev, min, max } = spread;
  const digits = typeof min === 'bigint' ? 1 : 2;
  const extreme = (value: number | bigint): string => (typeof value === 'bigint' ? String(value) : value.toFixed(2));
  const bound = exact ? '' : '>=';
  return [bound + mean.toFixed(digits), stddev.toFixed(digits), bound + extreme(min), bound + extreme(max)];
}

function headOf(command: readonly string[], results: readonly RunResult[], wanted: number, style: Style): string {
  const endings = [...new Set(results.map(endingOf))].join(', ');
  const cut = results.length < wanted ? ` of ${wanted}` : '';
  return `${style.colors.bold(command.map(visible).join(' '))}: ${countOf(results.length, 'run')}${cut}, ${endings}`;
}
