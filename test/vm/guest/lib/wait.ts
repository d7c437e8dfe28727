// SPDX-License-Identifier: MIT
import { setTimeout as sleep } from 'node:timers/promises';

/** How much longer than usual everything may take: a kernel that checks every access, on a machine with other work. */
const patience = Number(process.env['PATIENCE'] ?? 1);

/** Asks until the answer is neither false nor undefined; fails when that takes longer than the seconds given. */
export async function until<T>(
  what: string,
  ask: () => T | false | undefined | Promise<T | false | undefined>,
  seconds = 20,
): Promise<T> {
  const deadline = performance.now() + seconds * patience * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`not within ${seconds * patience} s: ${what}`);
    await sleep(10);
  }
}

/** What a promise brings, if it does so within the seconds given. */
export async function within<T>(seconds: number, what: string, promise: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = sleep(seconds * patience * 1000, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`not within ${seconds * patience} s: ${what}`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}
