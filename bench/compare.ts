// SPDX-License-Identifier: MIT
/** Whether our rows cost more than they did. */
import type { Result, Row } from './result';
import { rowOf } from './table';

/**
 * A request to Node and an exec vary by more than what we add; which of the connections of epoll are known again goes by
 * their ports, which the kernel draws; and a line of the log is the log's.
 */
const isSteady = ({ workload, state }: Row): boolean =>
  !['epoll', 'exec', 'http'].includes(workload) && !state.endsWith('log_packets');

/** How far the bare workload itself was from what it had been, in the same guest. */
const unsteady = (result: Result, workload: string): number =>
  Math.abs(rowOf(result, workload, 'nothing, again')?.added ?? 0);

/** What an operation may vary by from one boot to the next: with 64 KiB by 10 to 20 instructions of 47,000. */
const VARIATION = 0.0005;

/** By more than 5 % of what they add, by more than 10 instructions, and by more than what the workload itself varies. */
const hasGrown = (row: Row, before: Row, noise: number): boolean =>
  row.added - before.added > Math.max(0.05 * before.added, 10, VARIATION * (before.instructions - before.added), noise);

export interface Comparison {
  readonly lines: readonly string[];
  readonly passed: number;
  readonly failed: number;
}

/** Rows that the baseline has not are new, and pass. */
export function compare(result: Result, baseline: readonly Result[]): Comparison {
  const name = `${result.kernel}, QEMU ${result.qemu}${result.append && `, ${result.append}`}${result.quick ? ', quick' : ''}`;
  const before = baseline.find(
    ({ kernel, qemu, append, quick }) =>
      kernel === result.kernel && qemu === result.qemu && append === result.append && quick === result.quick,
  );
  if (before === undefined)
    return { lines: [`${name}: not comparable: the baseline has no such kernel and QEMU`], passed: 0, failed: 0 };
  let passed = 0;
  const grown: string[] = [];
  for (const row of result.rows.filter((one) => one.ours && isSteady(one))) {
    const old = rowOf(before, row.workload, row.state);
    const noise = unsteady(result, row.workload) + unsteady(before, row.workload);
    if (old === undefined || !hasGrown(row, old, noise)) passed++;
    else grown.push(`${name}: grown: ${row.workload}, ${row.state}: ${row.added} instructions, were ${old.added}`);
  }
  return {
    lines: grown.length > 0 ? grown : [`${name}: no row of ours has grown`],
    ...{ passed, failed: grown.length },
  };
}
