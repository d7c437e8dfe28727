// SPDX-License-Identifier: MIT

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** The newest values as bars, `width` columns wide, the newest on the right. The value 0 is a blank. */
export function sparkline(values: readonly bigint[], width: number): string {
  const newest = width > 0 ? values.slice(-width) : [];
  const largest = newest.reduce((max, value) => (value > max ? value : max), 0n);
  const bars = newest.map((value) =>
    // Rounded up, so that every value above 0 is visible.
    value === 0n ? ' ' : (BARS[Number((value * BigInt(BARS.length) - 1n) / largest)] ?? ''),
  );
  return bars.join('').padStart(width);
}
