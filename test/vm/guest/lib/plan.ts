// SPDX-License-Identifier: MIT
/** The tests of a guest: collected first, so that their number is known before one of them runs. */
import { test as run } from 'node:test';
import { cleanUp } from './cleanup';
import { kernelLog } from './kernel-log';
import { slowness } from './speed';

type Body = () => Promise<void> | void;

/** What neighbouring tests share: begun with the first of them that runs, ended with the last. */
export interface Shared {
  readonly begin: () => Promise<void>;
  readonly end: () => Promise<void>;
}

interface Planned {
  readonly name: string;
  readonly body: Body;
  /** Of a guest on an idle machine: a limit ends a test that hangs, and says nothing about how long one takes. */
  readonly seconds: number;
  readonly shared: Shared | undefined;
  readonly isSlow: boolean;
}

const planned: Planned[] = [];

/** A promise of the product, as a sentence, and what shows that it is kept. */
export function test(name: string, body: Body, seconds = 180, shared?: Shared): void {
  planned.push({ name, body, seconds, shared, isSlow: false });
}

/** A test that `make test` has no time for: `make test-all` runs it. */
export function slowTest(name: string, body: Body, seconds = 300): void {
  planned.push({ name, body, seconds, shared: undefined, isSlow: true });
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

/** Those of the wanted part, and how many are left out and where they run. */
function inPart(part: string): Planned[] {
  if (part === '') return planned;
  const isIn = (test: Planned): boolean => test.isSlow === (part === 'slow');
  const chosen = planned.filter(isIn);
  const others = planned.length - chosen.length;
  console.log(
    `left out: ${others} ${part === 'slow' ? 'that make test runs' : 'slow tests, which make test-all runs'}`,
  );
  return chosen;
}

/** Announces how many tests there are, then runs those whose name matches, one after the other. */
export function runPlanned(only: RegExp, part: string): void {
  const chosen = inPart(part).filter((test) => only.test(test.name));
  console.log(`limits are multiplied by ${slowness.toFixed(1)}, the slowness of this guest`);
  console.log(`planned ${chosen.length}`);
  chosen.forEach(({ name, body, seconds, shared }, n) => {
    const first = shared !== chosen[n - 1]?.shared;
    const last = shared !== chosen[n + 1]?.shared;
    void run(name, { timeout: seconds * slowness * 1000 }, async () => {
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
