// SPDX-License-Identifier: MIT
import type { RunResult } from '../../model/api-results';
import { SCOPES } from '../../model/flows';
import type { Counters, Scope } from '../../model/types';
import { parseAmount } from '../../util/units';
import { choices, text } from '../command-line/arguments';
import type { Arguments } from '../command-line/command';
import { UsageError } from '../command-line/mistake';

/** The most that a command may send or receive. */
export interface Budget {
  readonly direction: 'received' | 'sent';
  /** Bytes. */
  readonly limit: bigint;
  /** The scopes of the peers whose traffic counts against the budget; null: all traffic. */
  readonly scopes: readonly Scope[] | null;
}

/** `unproven`: the count is below the limit, but is a lower bound, or traffic with unknown peers could exceed the limit. */
export type Outcome = 'kept' | 'broken' | 'unproven';

export interface Verdict extends Budget {
  readonly moved: bigint;
  /** Bytes whose scope is unknown: they may count against the budget or not. */
  readonly unknown: bigint;
  readonly outcome: Outcome;
}

export function budgetsOf(args: Arguments): Budget[] {
  const scopes = choices(args, 'scope', SCOPES);
  const budgets = (['received', 'sent'] as const).flatMap((direction) => {
    const name = direction === 'received' ? 'max-rx' : 'max-tx';
    const value = text(args, name);
    if (value === undefined) return [];
    const limit = parseAmount(value);
    if (limit === null) {
      throw new UsageError(`Invalid --${name} '${value}'. Use a size such as 1000, 10MB or 1.5MiB.`);
    }
    return [
      { direction, limit, scopes: scopes.length === 0 ? null : SCOPES.filter((scope) => scopes.includes(scope)) },
    ];
  });
  if (scopes.length > 0 && budgets.length === 0) {
    throw new UsageError('--scope needs --max-rx or --max-tx.');
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
