// SPDX-License-Identifier: MIT
import type { Snapshot } from '../../model/types';
import { select } from '../command-line/select';
import { ratesBetween, type Moment, type Rates } from './rates';

/** The selected part of a snapshot, and its rates since the snapshot before. */
export interface Reading {
  readonly snapshot: Snapshot;
  /** Null for the first one. */
  readonly rates: Rates | null;
}

export interface RatedReading extends Reading {
  readonly rates: Rates;
}

export function firstReading({ snapshot }: Moment, who: readonly string[]): Reading {
  return { snapshot: select(snapshot, who).snapshot, rates: null };
}

export function nextReading(before: Moment, moment: Moment, who: readonly string[]): RatedReading {
  const of = (whole: Snapshot): Snapshot => select(whole, who).snapshot;
  return { snapshot: of(moment.snapshot), rates: ratesBetween(before, moment, of) };
}
