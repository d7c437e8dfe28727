// SPDX-License-Identifier: MIT
import type { RunResult } from '../../model/api-results';
import type { Counters, Scope } from '../../model/types';
import { parseAmount } from '../../util/units';
import { list, text } from '../command-line/arguments';
import type { Arguments } from '../command-line/command';
import { UsageError } from '../command-line/usage-error';

const SCOPES = ['loopback', 'private', 'public'] as const satisfies readonly Scope[];

/** What a command may move at most. */
export interface Budget {
  readonly direction: 'received' | 'sent';
  /** Bytes. */
  readonly limit: bigint;
  /** What counts against it, by how far away the peer is; null: all. */
  readonly scopes: readonly Scope[] | null;
}

/** `unproven`: less is known to have been moved, but it is a lower bound, or the peers of the rest are not known. */
export type Outcome = 'kept' | 'broken' | 'unproven';

export interface Verdict extends Budget {
  readonly moved: bigint;
  /** Bytes of which the scope is unknown: they may count or not. */
  readonly unknown: bigint;
  readonly outcome: Outcome;
}

export function budgetsOf(args: Arguments): Budget[] {
  const scopes = list(args, 'scope');
  const wrong = scopes.find((word) => !SCOPES.some((scope) => scope === word));
  if (wrong !== undefined) throw new UsageError(`--scope is '${wrong}'; it is of ${SCOPES.join(', ')}.`);
  const budgets = (['received', 'sent'] as const).flatMap((direction) => {
    const name = direction === 'received' ? 'max-rx' : 'max-tx';
    const value = text(args, name);
    if (value === undefined) return [];
    const limit = parseAmount(value);
    if (limit === null) throw new UsageError(`--${name} is '${value}'; it is whole bytes, as 1000, 10MB or 1.5MiB.`);
    return [
      { direction, limit, scopes: scopes.length === 0 ? null : SCOPES.filter((scope) => scopes.includes(scope)) },
    ];
  });
  if (scopes.length > 0 && budgets.length === 0) {
    throw new UsageError('--scope says what counts against --max-rx and --max-tx: give one of them.');
  }
  return budgets;
}

export function judge(budget: Budget, { traffic, exact, byScope = [] }: RunResult): Verdict {
  const bytes = budget.direction === 'received' ? 'receivedBytes' : 'sentBytes';
  const sumOf = (parts: readonly { readonly counters: Counters }[]): bigint =>
    parts.reduce((sum, { counters }) => sum + counters[bytes], 0n);
  const { scopes, limit } = budget;
  const moved =
    scopes === null
      ? traffic.total[bytes]
      : sumOf(byScope.filter(({ scope }) => scope !== null && scopes.includes(scope)));
  const unknown = scopes === null ? 0n : sumOf(byScope.filter(({ scope }) => scope === null));
  const proven = exact && moved + unknown <= limit;
  return { ...budget, moved, unknown, outcome: moved > limit ? 'broken' : proven ? 'kept' : 'unproven' };
}
