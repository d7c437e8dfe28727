// SPDX-License-Identifier: MIT

/**
 * A time as ISO 8601 in UTC with nanoseconds: `2026-01-31T12:00:00.123456789Z`. The strings sort in order of time.
 * `new Date(value)` reads them, with a resolution of milliseconds.
 */
export type Timestamp = string;

const NS_PER_MS = 1_000_000n;
const NS_PER_S = 1_000_000_000n;

/** Nanoseconds since 1970 as a {@link Timestamp}. */
export function timestamp(nanoseconds: bigint): Timestamp {
  const seconds = new Date(Number(nanoseconds / NS_PER_S) * 1000).toISOString().slice(0, -'.000Z'.length);
  return `${seconds}.${(nanoseconds % NS_PER_S).toString().padStart(9, '0')}Z`;
}

/** The current time of the system's clock. Node reads that clock with a resolution of milliseconds. */
export function now(): Timestamp {
  return timestamp(BigInt(Date.now()) * NS_PER_MS);
}
