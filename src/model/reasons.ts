// SPDX-License-Identifier: MIT
import type { Program } from './types';

// Reasons why a total is a lower bound, in addition to the reasons that the kernel reports for each process.

/** The module removed the record of an ended process before the session read its last counts. */
export const EVICTED = 'evicted';
/** A process has two records. One of them was detached while the other continued. */
export const DETACHED = 'detached';
/** Some requested processes may no longer be listed, and their traffic cannot be separated from that of others. */
export const UNLISTED = 'unlisted';
/** The module had no memory to record an exec or a fork. */
const MISSED = 'missed';
/** The counts of an evicted process were a lower bound. */
const EVICTED_INEXACT = 'evicted_inexact';
/** An evicted process was counted for several of the selected programs, so that only the largest sum is certain. */
export const EVICTED_SHARED = 'evicted_shared';

/** What each reason means, for people. */
export const IN_WORDS: Readonly<Record<string, string>> = {
  attached: 'its traffic before it was attached is unknown',
  child_not_recorded: 'there was no memory to record one of its children',
  zcrx: "it received data by io_uring's zero-copy receive, which bypasses the hooks",
  sctp_events:
    'it received from an SCTP socket with notifications, which engine=tracepoint cannot distinguish from payload',
  unreadable_result: 'the result of one of its TCP_ZEROCOPY_RECEIVE calls could not be read',
  [EVICTED]: 'it ended, and the module removed its record before its last counts were read',
  [DETACHED]: 'one owner stopped counting it while another owner continued',
  [UNLISTED]: 'some of these processes may no longer be listed',
  [MISSED]: 'there was no memory to record a process',
  [EVICTED_INEXACT]: 'some processes that are no longer listed were counted only as lower bounds',
  [EVICTED_SHARED]: 'some processes that are no longer listed were counted for several programs',
};

/** The reason `missed`, if execs or forks of these programs could not be recorded. */
export function missedIn(programs: readonly Program[]): string[] {
  return programs.some(({ missed }) => missed > 0n) ? [MISSED] : [];
}

/** The reason `evicted_inexact`, if the counts of an evicted process of these programs were a lower bound. */
export function evictedInexactIn(programs: readonly Program[]): string[] {
  return programs.some(({ evictedInexact }) => evictedInexact > 0n) ? [EVICTED_INEXACT] : [];
}
