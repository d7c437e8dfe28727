// SPDX-License-Identifier: MIT
/**
 * Runs in the guest. Measures every workload with every method.
 * Usage: `measure.js FILE`; environment: QUICK, ONLY (methods), WORKLOADS, QEMU.
 */
import { alternatives } from './alternatives';
import { runAs } from './guest';
import { ours } from './ours';
import type { Row } from './result';
import { nothing, type State } from './state';
import { measure, settle, workloads } from './workloads';

const only = new RegExp(process.env['ONLY'] ?? '');
const some = new RegExp(process.env['WORKLOADS'] ?? '');
const names = Object.keys(workloads).filter((name) => some.test(name));
const chosen = [...ours, ...alternatives].filter(({ name }) => only.test(name));

const bare = new Map<string, number>();

async function row(workload: string, state: State, name: string): Promise<Row> {
  const instructions = await measure(workload, workloads[workload] ?? { count: 0 }, state);
  const before = bare.get(workload) ?? instructions;
  bare.set(workload, before);
  const percent = (100 * (instructions - before)) / before;
  console.log(`${workload} ${name} ${Math.round(instructions)} ${percent.toFixed(2)} %`);
  return {
    ...{ workload, state: name, ours: state.ours, command: state.command },
    ...{ instructions: Math.round(instructions), added: Math.round(instructions - before) },
    percent: Number(percent.toFixed(2)),
  };
}

runAs(async () => {
  const rows: Row[] = [];
  const failures: string[] = [];
  const watched = async (state: State, name = state.name): Promise<void> => {
    // Work that the method before left behind, such as unread log lines, must not count for this method.
    await settle();
    await state.begin();
    try {
      for (const workload of names)
        if (state.without?.includes(workload) !== true) rows.push(await row(workload, state, name));
    } finally {
      await state.end();
    }
  };
  // A system does some work once after its boot. Run everything once, so this work does not count for the first workload.
  for (const workload of names) await measure(workload, workloads[workload] ?? { count: 0 }, nothing);
  await watched(nothing);
  for (const state of chosen) {
    try {
      await watched(state);
    } catch (error) {
      if (state.ours) throw error;
      // If one tool does not run here, the others are still measured. The report names the missing tool.
      const reason = (error as Error).message.split('\n')[0] ?? '';
      failures.push(`${state.name}: ${reason}`);
      console.log(`failed ${state.name}: ${reason}`);
    }
  }
  await watched(nothing, 'nothing, again');
  return { rows, failures };
});
