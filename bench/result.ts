// SPDX-License-Identifier: MIT
/** The result of a measurement in one guest. The report and the comparison read it. */
export interface Result {
  readonly schema: 'lkm-traffic-bench/1';
  /** `uname -r`. */
  readonly kernel: string;
  readonly qemu: string;
  /** Arguments that were added to the kernel command line. */
  readonly append: string;
  /** The mitigations that the kernel reports: name of the vulnerability, and means. */
  readonly mitigations: readonly string[];
  /** True if only a tenth of the operations ran, for a quick look. */
  readonly quick: boolean;
  /** One row for each workload and method. */
  readonly rows: readonly Row[];
  /** Methods that did not run here, and why. */
  readonly failures: readonly string[];
  /** The numbers of the tables of sizes: what the cost may grow with. */
  readonly sizes: readonly Size[];
}

export interface Row {
  readonly workload: string;
  /** The method that watches, or `nothing`. */
  readonly state: string;
  /** True if the method is ours. */
  readonly ours: boolean;
  /** Instructions of one operation, of everything that runs: the kernel, the program, the tool that watches. */
  readonly instructions: number;
  /** Instructions that the method adds to the bare workload; `percent` is the same in percent. */
  readonly added: number;
  readonly percent: number;
  /** The command that ran beside the workload. */
  readonly command: string;
}

/** One number of a table of sizes. */
export interface Size {
  /** The table that the number belongs to, and its line and column there. */
  readonly table: string;
  readonly line: string;
  readonly column: string;
  readonly value: string;
  /** The command that produces the number. */
  readonly command: string;
}

/** The growth of a number of instructions, as the value of a Size: `+183 (+2.44 %)`. */
export function change(from: number, to: number): string {
  const sign = to < from ? '−' : '+';
  const grown = Math.abs(to - from);
  return `${sign}${Math.round(grown)} (${sign}${((100 * grown) / from).toFixed(2)} %)`;
}
