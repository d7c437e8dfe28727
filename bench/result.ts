// SPDX-License-Identifier: MIT
/** What a measurement in one guest writes, and the report and the comparison read. */
export interface Result {
  readonly schema: 'lkm-traffic-bench/1';
  /** `uname -r`. */
  readonly kernel: string;
  readonly qemu: string;
  /** Arguments for the kernel besides the usual. */
  readonly append: string;
  /** What the kernel says that it does against a processor's weaknesses: name and means. */
  readonly mitigations: readonly string[];
  /** A tenth of the operations: for a look, not for the record. */
  readonly quick: boolean;
  /** Of the ways to watch. */
  readonly rows: readonly Row[];
  /** Ways that did not run here, and why. */
  readonly failures: readonly string[];
  /** Of what costs may grow with. */
  readonly sizes: readonly Size[];
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

/** One number. */
export interface Size {
  /** The table that it belongs to, its line there and its column. */
  readonly table: string;
  readonly line: string;
  readonly column: string;
  readonly value: string;
  /** How it is had. */
  readonly command: string;
}

/** What a number of instructions grew by, as the value of a Size: `+183 (+2.44 %)`. */
export function change(from: number, to: number): string {
  const sign = to < from ? '−' : '+';
  const grown = Math.abs(to - from);
  return `${sign}${Math.round(grown)} (${sign}${((100 * grown) / from).toFixed(2)} %)`;
}
