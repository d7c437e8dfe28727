// SPDX-License-Identifier: MIT
import { larger, NO_TRAFFIC, sum } from './traffic';
import type { Program, Traffic } from './types';

/** Ended processes that are listed no more. */
export interface Evicted {
  readonly count: bigint;
  readonly traffic: Traffic;
}

/** The same of one watch. */
export interface EvictedPart extends Evicted {
  /** Some of them were counted for another watch of the same owner too. */
  readonly shared: boolean;
}

const movedBy = ({ traffic }: Evicted): Traffic => traffic;

/**
 * What several watches of one owner lost together. Of those that share what they lost only the larger part is certain:
 * they may share all of it. `exact` is false where it is more, perhaps.
 */
export function together(parts: readonly EvictedPart[]): Evicted & { readonly exact: boolean } {
  const alone = parts.filter(({ shared }) => !shared);
  const shared = parts.filter((part) => part.shared);
  const count = shared.reduce((most, part) => (part.count > most ? part.count : most), 0n);
  return {
    count: alone.reduce((all, part) => all + part.count, count),
    traffic: sum([...alone.map(movedBy), shared.map(movedBy).reduce(larger, NO_TRAFFIC)]),
    exact: shared.length <= 1,
  };
}

/** What the module's own programs lost: a session takes over what it needs itself. */
export function evictedOf(programs: readonly Program[]): Evicted & { readonly exact: boolean } {
  const own = programs.filter(({ owner }) => owner === 0);
  const evicted = together(
    own.map(({ evicted: count, evictedTraffic: traffic, evictedShared }) => ({
      ...{ count, traffic },
      shared: evictedShared > 0n,
    })),
  );
  return { ...evicted, exact: evicted.exact && own.every(({ evictedInexact }) => evictedInexact === 0n) };
}
