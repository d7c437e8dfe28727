// SPDX-License-Identifier: MIT
import { EVICTED_SHARED, evictedInexactIn } from './reasons';
import { greater, larger, sum } from './traffic';
import type { Program, Traffic } from './types';

/** Ended processes that are listed no more. */
export interface Evicted {
  readonly count: bigint;
  readonly traffic: Traffic;
  /** Why it is more, perhaps. */
  readonly reasons: readonly string[];
}

const add = (counts: readonly bigint[]): bigint => counts.reduce((a, b) => a + b, 0n);

/**
 * What the module's own programs lost: a session takes over what it needs itself.
 * @param all whether these are all programs; of a part that shares what it lost only the larger sum is certain
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
