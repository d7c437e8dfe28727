// SPDX-License-Identifier: MIT
import type { Style } from '../format/style';
import { clip, widthOf } from './text';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface View {
  /** The words that the watched are named with. */
  readonly who: readonly string[];
  /** Milliseconds. */
  readonly interval: number;
  readonly style: Style;
}

/** Below this there is room for the most important lines only. */
const ROOMY = 16;

export const isRoomy = ({ rows }: Size): boolean => rows >= ROOMY;

/** Lines that a list has beside head and foot; a key that turns a page moves by as many. */
export function listHeight(size: Size): number {
  const around = isRoomy(size) ? 4 + 1 + 2 : 2 + 1 + 1;
  return Math.max(1, size.rows - around);
}

/** Head, list and foot, as exactly as many lines as there are. */
export function stack(head: readonly string[], body: readonly string[], foot: readonly string[], size: Size): string[] {
  const room = Math.max(0, size.rows - head.length - foot.length);
  const middle = Array.from({ length: room }, (_, n) => body[n] ?? '');
  return [...head, ...middle, ...foot].slice(0, Math.max(0, size.rows));
}

/** Text at both ends of a line; the right one gives way. */
export function bothEnds(left: string, right: string, width: number): string {
  const gap = width - widthOf(left) - widthOf(right);
  return gap >= 1 ? left + ' '.repeat(gap) + right : clip(left, width);
}

/** The first of several ways to say it, from the longest on, that has room; the last one is cut off. */
export function sayIn(width: number, ways: readonly string[]): string {
  return ways.find((way) => widthOf(way) <= width) ?? clip(ways[ways.length - 1] ?? '', width);
}
