// SPDX-License-Identifier: MIT
import { EVICTED_INEXACT, IN_WORDS, MISSED } from '../../reasons';
import type { Snapshot } from '../../types';
import { visible } from './style';

/** `attached: what it moved before it was attached is unknown` */
export function inWords(reason: string): string {
  const words = IN_WORDS[reason];
  return words === undefined ? visible(reason) : `${reason}: ${words}`;
}

/** Why amounts of a snapshot are lower bounds, a line each: also of rows that are not in the total themselves. */
export function whyInexact({ processes, programs, reasons }: Snapshot): string[] {
  const all = [
    ...[...processes.flatMap((process) => process.reasons), ...reasons],
    ...(programs.some(({ missed }) => missed > 0n) ? [MISSED] : []),
    ...(programs.some(({ evictedInexact }) => evictedInexact > 0n) ? [EVICTED_INEXACT] : []),
  ];
  return [...new Set(all)].map(inWords);
}
