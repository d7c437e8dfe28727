// SPDX-License-Identifier: MIT
/** The tests of a guest: collected first, so that their number is known before one of them runs. */
import { test as run } from 'node:test';
import { cleanUp } from './cleanup';
import { kernelLog } from './kernel-log';

type Body = () => Promise<void> | void;

/** What neighbouring tests share: begun with the first of them that runs, ended with the last. */
export interface Shared {
  readonly begin: () => Promise<void>;
  readonly end: () => Promise<void>;
}

const planned: { name: string; body: Body; seconds: number; shared: Shared | undefined }[] = [];

/** A promise of the product, as a sentence, and what shows that it is kept. */
export function test(name: string, body: Body, seconds = 60, shared?: Shared): void {
  planned.push({ name, body, seconds, shared });
}

/** What the module said while a test ran explains its failure. */
async function runBody(body: Body): Promise<void> {
  const start = kernelLog.mark();
  try {
    await body();
  } catch (error) {
    const said = kernelLog.since(start).map((line) => `  kernel: ${line}`);
    if (error instanceof Error && said.length > 0) error.message += `\n${said.join('\n')}`;
    throw error;
  } finally {
    await cleanUp();
  }
}

/** Announces how many tests there are, then runs those whose name matches, one after the other. */
export function runPlanned(only: RegExp): void {
  const chosen = planned.filter((test) => only.test(test.name));
  console.log(`planned ${chosen.length}`);
  chosen.forEach(({ name, body, seconds, shared }, n) => {
    const first = shared !== chosen[n - 1]?.shared;
    const last = shared !== chosen[n + 1]?.shared;
    void run(name, { timeout: seconds * 1000 }, async () => {
      try {
        await runBody(async () => {
          if (first) await shared?.begin();
          await body();
        });
      } finally {
        if (last) await shared?.end();
      }
    });
  });
}
