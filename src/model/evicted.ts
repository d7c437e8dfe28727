// SPDX-License-Identifier: MIT
import { EVICTED_SHARED, evictedInexactIn } from './reasons';
import { greater, larger, sum } from './traffic';
import type { Program, Traffic } from './types';

/** Ended processes whose records the module removed, because it keeps only the newest. They are no longer listed. */
export interface Evicted {
  readonly count: bigint;
  readonly traffic: Traffic;
  /** Why the traffic is a lower bound; empty if it is exact. */
  readonly reasons: readonly string[];
}

const add = (counts: readonly bigint[]): bigint => counts.reduce((a, b) => a + b, 0n);

/**
 * Sums up what was evicted from the module's own programs. Sessions keep the records that they need themselves.
 *
 * @param all whether `programs` are all programs. Several programs may have counted the same evicted process. For all of
 * them together the module knows the sum. For a part of them only the largest of the possible values is certain.
 */
export function evictedOf(programs: readonly Program[], all: boolean): Evicted {
  const own = programs.filter(({ owner }) => owner === 0);
  const reasons = evictedInexactIn(own);
  const once = {
    count: add(own.map(({ evictedOnce }) => evictedOnce)),
    traffic: sum(own.map(({ evictedOnceTraffic }) => evictedOnceTraffic)),
  };
  if (all) return { ...once, reasons };
  const each = own.map(({ evicted }) => evicted);
  const traffic = own.map(({ evictedTraffic }) => evictedTraffic);
  if (own.length <= 1 || own.every(({ evictedShared }) => evictedShared === 0n)) {
    return { count: add(each), traffic: sum(traffic), reasons };
  }
  return {
    count: each.reduce(greater, once.count),
    traffic: traffic.reduce(larger, once.traffic),
    reasons: [...reasons, EVICTED_SHARED],
  };
}
