// SPDX-License-Identifier: MIT
/** Waiting for an order of events. Each limit is in seconds of an idle machine, and only ends a test that hangs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { slowness, slownessNow } from './speed';

const late = (limit: number, what: string): Error => new Error(`not within ${limit.toFixed(0)} s: ${what}`);

/** Asks until the answer is neither false nor undefined; fails when that takes longer than the limit. */
export async function until<T>(
  what: string,
  ask: () => T | false | undefined | Promise<T | false | undefined>,
  seconds = 60,
): Promise<T> {
  const limit = seconds * slowness;
  const deadline = performance.now() + limit * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== undefined) return answer;
    if (performance.now() > deadline) throw late(limit, what);
    await sleep(10);
  }
}

/** What a promise brings, if it does so within the limit. */
export async function within<T>(seconds: number, what: string, promise: Promise<T>): Promise<T> {
  const limit = seconds * slowness;
  const timer = new AbortController();
  const end = sleep(limit * 1000, undefined, { signal: timer.signal }).then(() => {
    throw late(limit, what);
  });
  end.catch(() => undefined);
  try {
    return await Promise.race([promise, end]);
  } finally {
    timer.abort();
  }
}

/** Does something whose duration is promised. The machine may have become slower since the start, or meanwhile. */
export async function promptly<T>(seconds: number, what: string, action: () => T | Promise<T>): Promise<T> {
  const before = slownessNow();
  const start = performance.now();
  const result = await action();
  const took = (performance.now() - start) / 1000;
  // Most are well within: measuring again is for the others.
  const limit = seconds * (took < seconds * before ? before : Math.max(before, slownessNow()));
  if (took >= limit) throw new Error(`${what} took ${took.toFixed(1)} s, and may take ${limit.toFixed(1)} s`);
  return result;
}
