// SPDX-License-Identifier: MIT
/** Compares our rows with a baseline, and reports the rows that cost more than before. */
import type { Result, Row } from './result';
import { rowOf } from './table';

/**
 * Rows that can be compared. Not comparable are:
 * - http and exec, which vary by more than the module adds to them;
 * - epoll, where random ports decide which connections the flow cache remembers;
 * - log_packets, whose cost is that of the kernel log.
 */
const isSteady = ({ workload, state }: Row): boolean =>
  !['epoll', 'exec', 'http'].includes(workload) && !state.endsWith('log_packets');

/** By how many instructions the bare workload itself changed between its first and last run, in the same guest. */
const unsteady = (result: Result, workload: string): number =>
  Math.abs(rowOf(result, workload, 'nothing, again')?.added ?? 0);

/** By which part an operation may vary from boot to boot: 64 KiB over TCP varies by 10 to 20 of 47,000 instructions. */
const VARIATION = 0.0005;

/** True if a row adds more than before: by more than 5 %, more than 10 instructions, and more than the workload varies. */
const hasGrown = (row: Row, before: Row, noise: number): boolean =>
  row.added - before.added > Math.max(0.05 * before.added, 10, VARIATION * (before.instructions - before.added), noise);

export interface Comparison {
  readonly lines: readonly string[];
  readonly passed: number;
  readonly failed: number;
}

/** Compares a result with the baseline of the same kernel. Rows that the baseline does not have are new, and pass. */
export function compare(result: Result, baseline: readonly Result[]): Comparison {
  const name = `${result.kernel}, QEMU ${result.qemu}${result.append && `, ${result.append}`}${result.quick ? ', quick' : ''}`;
  const before = baseline.find(
    ({ kernel, qemu, append, quick }) =>
      kernel === result.kernel && qemu === result.qemu && append === result.append && quick === result.quick,
  );
  if (before === undefined)
    return {
      lines: [`${name}: not comparable: the baseline has no result of this kernel and QEMU`],
      passed: 0,
      failed: 0,
    };
  let passed = 0;
  const grown: string[] = [];
  for (const row of result.rows.filter((one) => one.ours && isSteady(one))) {
    const old = rowOf(before, row.workload, row.state);
    const noise = unsteady(result, row.workload) + unsteady(before, row.workload);
    if (old === undefined || !hasGrown(row, old, noise)) passed++;
    else grown.push(`${name}: grown: ${row.workload}, ${row.state}: ${row.added} instructions, were ${old.added}`);
  }
  return {
    lines: grown.length > 0 ? grown : [`${name}: none of our rows has grown`],
    ...{ passed, failed: grown.length },
  };
}
