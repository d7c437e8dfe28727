// SPDX-License-Identifier: MIT
import { EVICTED } from '../../session/ledger';
import type { Program, Snapshot } from '../../types';
import { visible } from './style';

const WORDS: Readonly<Record<string, string>> = {
  attached: 'what it moved before it was attached is unknown',
  child_not_recorded: 'there was no memory to record one of its children',
  zcrx: "it received by io_uring's zero-copy receive, which passes the hooks",
  sctp_events: 'it received from an SCTP socket with notifications, which engine=tracepoint does not tell from payload',
  unreadable_result: 'the result of one of its TCP_ZEROCOPY_RECEIVE could not be read',
  [EVICTED]: 'it ended, and made room for others, before its last counts were read',
};

/** `attached: what it moved before it was attached is unknown` */
export function inWords(reason: string): string {
  const words = WORDS[reason];
  return words === undefined ? visible(reason) : `${reason}: ${words}`;
}

const OF_PROGRAMS: readonly (readonly [is: (program: Program) => boolean, words: string])[] = [
  [({ missed }) => missed > 0n, 'there was no memory to record one of their processes'],
  [({ evictedInexact }) => evictedInexact > 0n, 'some processes that are listed no more were lower bounds'],
];
/** Why amounts of a snapshot are lower bounds, a line each. */
export function whyInexact({ processes, programs, exact }: Snapshot): string[] {
  const reasons = [
    ...[...new Set(processes.flatMap((process) => process.reasons))].map(inWords),
    ...OF_PROGRAMS.filter(([is]) => programs.some(is)).map(([, words]) => words),
  ];
  // Of all programs the total has what they share once: it is that of a part then.
  const shares = programs.some(({ evictedShared }) => evictedShared > 0n);
  return reasons.length === 0 && !exact && shares
    ? ['processes that are listed no more were counted for several programs']
    : reasons;
}
