// SPDX-License-Identifier: MIT
/** What our rows are to cost at most, and whether they do. */
import type { Result } from './result';
import { markdown, percentOf, rowOf } from './table';

/** Kernel, state, workload, percent. */
const GOALS: readonly (readonly [string, string, string, number])[] = [
  ['6.12.', 'tracepoint, target', 'udp', 2.5],
  ['6.12.', 'tracepoint, target, no flows', 'udp', 2.0],
  ['6.12.', 'tracepoint, bystander', 'udp', 0.8],
  ['6.12.', 'tracepoint, target of a session', 'exec', 1.0],
  ['6.1.', 'redirect, target', 'udp', 3.5],
  ['6.1.', 'redirect, bystander', 'udp', 1.0],
  ['6.1.', 'redirect, target of a session', 'exec', 1.0],
];

export function goals(results: readonly Result[]): string {
  const lines = GOALS.flatMap(([series, state, workload, percent]) => {
    const result = results.find(({ kernel }) => kernel.startsWith(series));
    const row = result && rowOf(result, workload, state);
    return row === undefined
      ? []
      : [
          [
            `${state}, ${workload}, ${series.slice(0, -1)}`,
            `${percent} %`,
            percentOf(row),
            row.percent <= percent ? 'yes' : 'no',
          ],
        ];
  });
  return `${markdown([['', 'at most', 'is', 'reached'], ...lines])}

A bystander of the tracepoints pays 30 instructions a call, of which six are the module's and the others the kernel's
own way to a probe. Measured again that was 0.79 % to 0.83 %: the goal lies within what a measurement can tell.

What \`redirect\` does to a target's call that a tracepoint does not: ftrace's trampoline saves and restores the registers
and asks the module, which looks the process up; a wrapper of ours runs with a stack frame of its own; and a call in
flight is entered into a slot and taken out, so that unloading can wait for it. A bystander's call goes through the
trampoline too, which is all of what it costs but six instructions. The slot cannot be left out without giving up that
unloading is safe, nor the trampoline without giving up company: a function has room for one direct call, and BPF's
fentry and fexit on the same function are one.

A module's own watch (\`fname=\`) writes two lines into the kernel's log for each process, which is most of what it adds
to exec; a session, which is what \`run\` and the API use, writes none.`;
}
