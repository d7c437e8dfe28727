// SPDX-License-Identifier: MIT
import { roundedAmount, type UnitOptions } from '../../util/units';
import type { Column } from '../format/table';
import { bothWays, type Rate } from './rates';
import type { Order } from './rows';
import { sparkline } from './sparkline';

/** The numbers of a row, which is a process or a flow. */
export interface Amounts {
  readonly receivedBytes: bigint;
  readonly sentBytes: bigint;
  readonly rate: Rate | null;
  /** False: the bytes are lower bounds. */
  readonly exact: boolean;
  readonly rateIsExact: boolean;
}

/** Three digits and a unit: `79 B`, `5.00 MB`. */
export function shortAmount(bytes: bigint, units: UnitOptions): string {
  const { bits = false } = units;
  return roundedAmount(bytes, units) ?? (bits ? `${bytes * 8n} bit` : `${bytes} B`);
}

const bound = (exact: boolean, text: string): string => (exact ? text : `>=${text}`);

/** The title of a column. An arrow shows that the table is sorted by this column. */
export function titled(title: string, column: Order, { order, reversed }: Sorting): string {
  return column === order ? `${title}${reversed ? '▲' : '▼'}` : title;
}

export interface Sorting {
  readonly order: Order;
  readonly reversed: boolean;
}

export interface AmountColumns<T> {
  readonly rates: readonly Column<T>[];
  readonly rate: Column<T>;
  readonly exact: readonly Column<T>[];
  readonly rounded: readonly Column<T>[];
  readonly total: Column<T>;
  /** The rates of the past as bars, one per column of the terminal. */
  readonly history: (width: number, pastOf: (row: T) => readonly bigint[]) => Column<T>;
}

/** The columns of numbers. A table shows those for which it has room. */
export function amountColumns<T>(of: (row: T) => Amounts, sorting: Sorting, units: UnitOptions): AmountColumns<T> {
  const right = (title: string, least: number, text: (amounts: Amounts) => string): Column<T> => ({
    ...{ title, least, align: 'right' },
    cell: (row) => text(of(row)),
  });
  const rate = (title: string, amountOf: (rate: Rate) => bigint): Column<T> =>
    right(title, 8, (amounts) =>
      amounts.rate ? bound(amounts.rateIsExact, shortAmount(amountOf(amounts.rate), units)) : '-',
    );
  const total = (title: string, amountOf: (amounts: Amounts) => bigint, textOf: (bytes: bigint) => string): Column<T> =>
    right(title, 8, (amounts) => bound(amounts.exact, textOf(amountOf(amounts))));
  const eachWay = (textOf: (bytes: bigint) => string): Column<T>[] => [
    total(titled('RECEIVED', 'received', sorting), ({ receivedBytes }) => receivedBytes, textOf),
    total(titled('SENT', 'sent', sorting), ({ sentBytes }) => sentBytes, textOf),
  ];
  const rounded = (bytes: bigint): string => shortAmount(bytes, units);
  return {
    rates: [
      rate('RECEIVED/s', ({ receivedBytesPerSecond }) => receivedBytesPerSecond),
      rate('SENT/s', ({ sentBytesPerSecond }) => sentBytesPerSecond),
    ],
    rate: rate(titled('RATE/s', 'rate', sorting), bothWays),
    exact: eachWay((bytes) => (units.bits === true ? bytes * 8n : bytes).toString()),
    rounded: eachWay(rounded),
    total: total(
      titled('TOTAL', 'total', sorting),
      ({ receivedBytes, sentBytes }) => receivedBytes + sentBytes,
      rounded,
    ),
    history: (width, pastOf) => ({
      ...{ title: titled('HISTORY', 'rate', sorting), least: width },
      cell: (row) => sparkline(pastOf(row), width),
    }),
  };
}
