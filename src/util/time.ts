// SPDX-License-Identifier: MIT

/**
 * An instant as ISO 8601 in UTC with nine digits of fraction: `2026-01-31T12:00:00.123456789Z`. It is the kernel's
 * nanosecond unrounded, strings sort in order of time, and `new Date(value)` reads it (to the millisecond).
 */
export type Timestamp = string;

const NS_PER_MS = 1_000_000n;
const NS_PER_S = 1_000_000_000n;

/** Nanoseconds since 1970 as a {@link Timestamp}. */
export function timestamp(nanoseconds: bigint): Timestamp {
  const seconds = new Date(Number(nanoseconds / NS_PER_S) * 1000).toISOString().slice(0, -'.000Z'.length);
  return `${seconds}.${(nanoseconds % NS_PER_S).toString().padStart(9, '0')}Z`;
}

/** This moment by the system's clock, which has milliseconds here. */
export function now(): Timestamp {
  return timestamp(BigInt(Date.now()) * NS_PER_MS);
}
