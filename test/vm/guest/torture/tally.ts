// SPDX-License-Identifier: MIT
/** What was done, how often, and what went wrong: the numbers of the summary. */
import { stacks } from '../lib/stacks';

const done = new Map<string, number>();
const wrong = { leaks: 0, mismatches: 0, stuck: 0 };

export const times = (what: string): number => done.get(what) ?? 0;

export function did(what: string, more = 1): void {
  done.set(what, times(what) + more);
}

/** The lines `did WHAT N` that the programs of test/programs/torture end with. */
export function addReported(output: string): void {
  for (const [, what = '', times = ''] of output.matchAll(/^did (\w+) (\d+)$/gm)) did(what, Number(times));
}

export function fault(kind: keyof typeof wrong, text: string): void {
  wrong[kind]++;
  console.log(`${kind}: ${text}`);
  if (kind === 'stuck') console.log(stacks());
}

export const faults = (): number => wrong.leaks + wrong.mismatches + wrong.stuck;

export function summary(): string {
  const operations = [...done].sort(([a], [b]) => a.localeCompare(b)).map(([what, times]) => `${what} ${times}`);
  return `${operations.join(', ')}; leaks ${wrong.leaks}, mismatches ${wrong.mismatches}, stuck ${wrong.stuck}`;
}
