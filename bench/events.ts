// SPDX-License-Identifier: MIT
/** Runs in the guest. Measures trace events, off and on, against a module that was built without them. */
import { writeFileSync } from 'node:fs';
import { engines, module } from './ours';
import { change, type Size } from './result';
import type { State } from './state';
import { measure, settle, workloads } from './workloads';

const SWITCH = '/sys/kernel/tracing/events/net_traffic/enable';

/** Path of the module that was built with `without-events.patch`. */
const eventless = process.env['EVENTLESS_KO'];

/** The same state with the events on. They go to the top-level trace buffer, which nobody reads. */
function traced(state: State): State {
  return {
    ...{ ...state, name: 'on' },
    command: `${state.command}; echo 1 >${SWITCH}`,
    begin: async () => {
      await state.begin();
      writeFileSync(SWITCH, '1');
    },
    end: async () => {
      writeFileSync(SWITCH, '0');
      await state.end();
    },
  };
}

async function compared(engine: string): Promise<Size[]> {
  const off = module('off', 'target', { engine });
  const without = module('built without events', 'target', { engine }, eventless);
  const bare = new Map<string, number>();
  const sizes: Size[] = [];
  for (const state of [without, off, traced(off)]) {
    await settle();
    await state.begin();
    for (const name of ['udp', 'udp-flows', 'exec']) {
      const instructions = await measure(name, workloads[name] ?? { count: 0 }, state);
      const before = bare.get(name);
      if (before === undefined) bare.set(name, instructions);
      const value = before === undefined ? String(Math.round(instructions)) : change(before, instructions);
      console.log(`events ${name} ${engine} ${state.name} ${value}`);
      sizes.push({
        ...{ table: 'events', line: `${name}, ${engine}`, column: state.name, value },
        command: `${state.command}; ./target ${name} …`,
      });
    }
    await state.end();
  }
  return sizes;
}

export async function events(): Promise<Size[]> {
  const sizes: Size[] = [];
  for (const engine of engines) sizes.push(...(await compared(engine)));
  return sizes;
}
