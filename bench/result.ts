// SPDX-License-Identifier: MIT
/** What a measurement of one kernel writes, and the report and the comparison read. */
export interface Result {
  readonly schema: 'lkm-traffic-bench/1';
  /** `uname -r`. */
  readonly kernel: string;
  readonly qemu: string;
  /** Arguments for the kernel besides the usual. */
  readonly append: string;
  /** A tenth of the operations: for a look, not for the record. */
  readonly quick: boolean;
  readonly rows: readonly Row[];
}

export interface Row {
  readonly workload: string;
  /** What watches: `nothing`, or one of the ways to. */
  readonly state: string;
  /** Whether the way is ours. */
  readonly ours: boolean;
  /** Instructions of one operation, of all that runs: the kernel, the program, who watches. */
  readonly instructions: number;
  /** What the way adds to the workload as it is, and that in percent. */
  readonly added: number;
  readonly percent: number;
  /** What was run beside the workload. */
  readonly command: string;
}
