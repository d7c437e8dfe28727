// SPDX-License-Identifier: MIT
import { clip, widthOf } from '../format/fit';
import type { Style } from '../format/style';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface View {
  /** The words of the command line that select what is shown. */
  readonly who: readonly string[];
  /** Milliseconds. */
  readonly interval: number;
  readonly style: Style;
}

/** A screen with fewer rows shows only the most important lines. */
const ROOMY = 16;

export const isRoomy = ({ rows }: Size): boolean => rows >= ROOMY;

/** The number of lines of a list between head and foot. The keys for pages move by this many. */
export function listHeight(size: Size): number {
  const around = isRoomy(size) ? 4 + 1 + 2 : 2 + 1 + 1;
  return Math.max(1, size.rows - around);
}

/** Head, list and foot, as exactly as many lines as the screen has. */
export function stack(head: readonly string[], body: readonly string[], foot: readonly string[], size: Size): string[] {
  const room = Math.max(0, size.rows - head.length - foot.length);
  const middle = Array.from({ length: room }, (_, n) => body[n] ?? '');
  return [...head, ...middle, ...foot].slice(0, Math.max(0, size.rows));
}

/** Text at both ends of a line. Without room for both, the right text is left out. */
export function bothEnds(left: string, right: string, width: number): string {
  const gap = width - widthOf(left) - widthOf(right);
  return gap >= 1 ? left + ' '.repeat(gap) + right : clip(left, width);
}

/** The first of several texts that fits, the longest first. If none fits, the last one is cut off. */
export function sayIn(width: number, ways: readonly string[]): string {
  return ways.find((way) => widthOf(way) <= width) ?? clip(ways[ways.length - 1] ?? '', width);
}
