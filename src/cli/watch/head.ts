// SPDX-License-Identifier: MIT
import type { Counters } from '../../model/types';
import { exactAmount } from '../../util/units';
import { widthOf } from '../format/fit';
import type { Style } from '../format/style';
import { receivedAndSent } from '../format/words';
import { shortAmount } from './amounts';
import { bothEnds, isRoomy, sayIn, type Size, type View } from './frame';
import { shown, type State } from './model';
import type { Rate } from './rates';
import { sparkline } from './sparkline';

/** The subject of a page. */
export interface Subject {
  readonly title: string;
  /** Null: not known yet. */
  readonly rate: Rate | null;
  /** The rates of the past, the newest last. */
  readonly past: readonly bigint[];
  readonly counters: Counters;
  readonly exact: boolean;
  /** What the page lists, and in which order. */
  readonly list: string;
}

/** `received 175 bytes (…), sent 175 bytes (…)`, and shorter versions of it. */
export function waysToSay(counters: Counters, exact: boolean, style: Style): string[] {
  const { units } = style;
  const atLeast = exact ? '' : 'at least ';
  const eachWay = (amountOf: (bytes: bigint) => string): string =>
    `received ${atLeast}${amountOf(counters.receivedBytes)}, sent ${atLeast}${amountOf(counters.sentBytes)}`;
  return [
    receivedAndSent(counters, exact, style),
    eachWay((bytes) => exactAmount(bytes, units)),
    eachWay((bytes) => shortAmount(bytes, units)),
  ];
}

function rateLine({ rate, past }: Subject, width: number, { style }: View): string {
  const { units, colors } = style;
  // Padded to the widest rate, so that the text behind it does not move.
  const each = (bytes: bigint | undefined): string =>
    (bytes === undefined ? '-' : `${shortAmount(bytes, units)}/s`).padEnd(units.bits === true ? 11 : 10);
  const [received, sent] = [each(rate?.receivedBytesPerSecond), each(rate?.sentBytesPerSecond)];
  const text = sayIn(width, [
    `Rate   received ${received} sent ${sent}`,
    `received ${received} sent ${sent.trimEnd()}`,
  ]);
  const left = width - widthOf(text) - 1;
  return left < 4 ? colors.bold(text) : `${colors.bold(text)} ${colors.cyan(sparkline(past, left))}`;
}

export function orderText({ order, reversed }: State): string {
  return `by ${order}${reversed ? ', reversed' : ''}`;
}

/** The lines above every list. */
export function head(state: State, subject: Subject, size: Size, view: View): string[] {
  const { title, counters, exact, list } = subject;
  const { bold, yellow, dim } = view.style.colors;
  const { columns: width } = size;
  const { takenAt } = shown(state).reading.snapshot;
  const paused = state.frozen ? 'PAUSED  ' : '';
  const first = bothEnds(`${paused}${title}`, `${takenAt.slice(11, 19)}Z every ${view.interval / 1000} s`, width);
  const paint = state.frozen ? yellow : bold;
  const lines = [paint(first), rateLine(subject, width, view)];
  if (!isRoomy(size)) return lines;
  const totals = waysToSay(counters, exact, view.style).map((way) => `Total  ${way}`);
  return [...lines, sayIn(width, totals), dim(sayIn(width, [list]))];
}
