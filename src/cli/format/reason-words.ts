// SPDX-License-Identifier: MIT
import { evictedInexactIn, IN_WORDS, missedIn } from '../../model/reasons';
import type { Snapshot } from '../../model/types';
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
    ...[...missedIn(programs), ...evictedInexactIn(programs)],
  ];
  return [...new Set(all)].map(inWords);
}
