// SPDX-License-Identifier: MIT
/** Our own methods: each engine that the kernel supports, with the options that change the cost. */
import { basename } from 'node:path';
import { Control } from '../test/vm/guest/lib/control';
import { kernelIsAtLeast } from '../test/vm/guest/lib/environment';
import { load, unload, type Parameters } from '../test/vm/guest/lib/module';
import { readTable } from '../test/vm/guest/lib/proc';
import { crowd, type Crowd } from './crowd';
import { shell, type State } from './state';

export const engines = kernelIsAtLeast(6, 3) ? ['tracepoint', 'redirect'] : ['redirect'];

const insmod = (parameters: Parameters, ko = 'net_traffic.ko'): string =>
  shell(['insmod', ko, ...Object.entries(parameters).map(([key, value]) => `${key}=${value}`)]);

/** The module with these parameters. `ko` is the file of a module that was built differently. */
export function module(name: string, as: State['as'], parameters: Parameters, ko?: string): State {
  const all: Parameters = { fname: as === 'target' ? 'target*' : 'somebody', ...parameters };
  return {
    ...{ name, ours: true, command: insmod(all, ko && basename(ko)), as },
    begin: () => load(all, ko),
    end: unload,
  };
}

/** The same state with `count` further targets, which have sent a message and wait. */
function among(count: number, state: State): State {
  let others: Crowd | undefined;
  return {
    ...state,
    command: `${state.command}; ./target-crowd crowd ${count} &`,
    begin: async () => {
      await state.begin();
      others = await crowd(count);
    },
    end: async () => {
      const running = Number(readTable('programs')[0]?.['running']);
      await others?.end();
      await state.end();
      if (running < count) throw new Error(`only ${running} of ${count} targets were watched`);
    },
  };
}

/** A session, as `run` and the API use it. Unlike the module's own watch it writes no lines to the kernel log. */
function session(name: string, parameters: Parameters): State {
  const all: Parameters = { idle: 1, ...parameters };
  let control: Control | undefined;
  return {
    ...{ name, ours: true, as: 'target' },
    command: `${insmod(all)}; exec 3<>/proc/net_traffic/control; echo session >&3; echo 'watch target*' >&3`,
    begin: async () => {
      await load(all);
      control = Control.session('watch target*');
    },
    end: async () => {
      control?.close();
      await unload();
    },
  };
}

export const ours: readonly State[] = engines.flatMap((engine) => [
  module(`${engine}, bystander`, 'bystander', { engine }),
  module(`${engine}, target`, 'target', { engine }),
  session(`${engine}, target of a session`, { engine }),
  module(`${engine}, target, no flows`, 'target', { engine, max_flows: 0 }),
  among(1000, module(`${engine}, one of 1000 targets`, 'target', { engine })),
  module(`${engine}, target, log_packets`, 'target', { engine, log_packets: 1 }),
]);
