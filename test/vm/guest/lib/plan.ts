// SPDX-License-Identifier: MIT
/** The tests of a guest: collected first, so that their number is known before one of them runs. */
import { test as run } from 'node:test';
import { cleanUp } from './cleanup';
import { kernelLog } from './kernel-log';

type Body = () => Promise<void> | void;

const planned: { name: string; body: Body; seconds: number }[] = [];

/** A promise of the product, as a sentence, and what shows that it is kept. */
export function test(name: string, body: Body, seconds = 60): void {
  planned.push({ name, body, seconds });
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
  for (const { name, body, seconds } of chosen) {
    void run(name, { timeout: seconds * 1000 }, () => runBody(body));
  }
}
