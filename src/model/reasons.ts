// SPDX-License-Identifier: MIT
import type { Program } from './types';

// Why a total is a lower bound, besides the reasons of the processes in it, which the kernel gives.

/** A process ended, and made room for others, before its last counts were read. */
export const EVICTED = 'evicted';
/** Of a process in two records one was detached, and the other went on. */
export const DETACHED = 'detached';
/** Some of what is asked for is listed no more, and is not told from other processes. */
export const UNLISTED = 'unlisted';
/** Executions could not be recorded. */
const MISSED = 'missed';
/** What was evicted was a lower bound itself. */
const EVICTED_INEXACT = 'evicted_inexact';
/** What was evicted of a part of all programs was counted for several: only the larger sum is certain. */
export const EVICTED_SHARED = 'evicted_shared';

/** Reasons in words, for a person. */
export const IN_WORDS: Readonly<Record<string, string>> = {
  attached: 'what it moved before it was attached is unknown',
  child_not_recorded: 'there was no memory to record one of its children',
  zcrx: "it received by io_uring's zero-copy receive, which passes the hooks",
  sctp_events: 'it received from an SCTP socket with notifications, which engine=tracepoint does not tell from payload',
  unreadable_result: 'the result of one of its TCP_ZEROCOPY_RECEIVE could not be read',
  [EVICTED]: 'it ended, and made room for others, before its last counts were read',
  [DETACHED]: 'it was detached while others counted it on',
  [UNLISTED]: 'some of these processes are perhaps listed no more',
  [MISSED]: 'there was no memory to record a process',
  [EVICTED_INEXACT]: 'some processes that are listed no more were lower bounds',
  [EVICTED_SHARED]: 'processes that are listed no more were counted for several programs',
};

/** The reason, if there is one, that executions of these programs could not be recorded. */
export function missedIn(programs: readonly Program[]): string[] {
  return programs.some(({ missed }) => missed > 0n) ? [MISSED] : [];
}

/** The reason, if there is one, that what these programs lost was a lower bound. */
export function evictedInexactIn(programs: readonly Program[]): string[] {
  return programs.some(({ evictedInexact }) => evictedInexact > 0n) ? [EVICTED_INEXACT] : [];
}
