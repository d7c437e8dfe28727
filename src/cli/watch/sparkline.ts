// SPDX-License-Identifier: MIT

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** The newest values as bars, the newest on the right, of `width` columns; nothing moved is a blank. */
export function sparkline(values: readonly bigint[], width: number): string {
  const newest = width > 0 ? values.slice(-width) : [];
  const largest = newest.reduce((max, value) => (value > max ? value : max), 0n);
  const bars = newest.map((value) =>
    // Rounded up: what is not nothing is to be seen.
    value === 0n ? ' ' : (BARS[Number((value * BigInt(BARS.length) - 1n) / largest)] ?? ''),
  );
  return bars.join('').padStart(width);
}
