// SPDX-License-Identifier: MIT
/** Runs in the guest. Measures how the cost of a call, and of a reader, grows with the number of targets and flows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../test/vm/guest/lib/environment';
import { load, unload } from '../test/vm/guest/lib/module';
import type * as api from '../src';
import { crowd } from './crowd';
import { engines, module } from './ours';
import { change, type Size } from './result';
import { nothing, type State } from './state';
import { measure, quick, settle, workloads, type Workload } from './workloads';

const TARGETS = quick ? [1, 1000] : [1, 100, 1000, 10_000];

/** How many pairs of sockets a process has (two flows each), and how many processes have them. */
const FLOWS: readonly [pairs: number, processes: number][] = quick
  ? [
      [1, 1],
      [500, 1],
    ]
  : [
      [1, 1],
      [50, 1],
      [500, 1],
      [5000, 1],
      [25_000, 2],
    ];

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

/** The module with room for all flows. */
const watching = (engine: string): State => module(`${engine}, target`, 'target', { engine, max_flows: 65535 });

async function call(table: string, line: number, name: string, workload: Workload, how: string): Promise<Size[]> {
  const sizes: Size[] = [];
  let bare: number | undefined;
  for (const state of [nothing, ...engines.map(watching)]) {
    await state.begin();
    // The crowd also runs when no module is loaded, because many processes alone change the cost.
    const others = table === 'targets' ? await crowd(line - 1) : undefined;
    await settle();
    const instructions = await measure(name, workload, state);
    await others?.end();
    await state.end();
    bare ??= instructions;
    sizes.push({
      ...{ table, line: String(line), column: state.name },
      value: state === nothing ? String(Math.round(instructions)) : change(bare, instructions),
      command: state === nothing ? how : `${state.command}; ${how}`,
    });
    console.log(`${table} ${line} ${state.name} ${sizes.at(-1)?.value ?? ''}`);
  }
  return sizes;
}

const perTarget = (count: number): Promise<Size[]> =>
  call(
    'targets',
    count,
    'udp',
    workloads['udp'] ?? { count: 0 },
    `./target-crowd crowd ${count - 1} & ./target udp 20000`,
  );

const perFlow = ([pairs, processes]: readonly [number, number]): Promise<Size[]> => {
  const argument = `${pairs} ${processes - 1}`;
  return call(
    'flows',
    2 * pairs * processes,
    'udp-flows',
    { count: 20_000, argument },
    `./target udp-flows 20000 '${argument}'`,
  );
};

/** Instructions to read the counters of `count` processes, and the CPU time of one sample of the API. */
async function reading(count: number): Promise<Size[]> {
  await load({ idle: 1 });
  // The compiled package, with the addon, as a user runs it.
  const { monitor } = (await import(join(repository, 'dist/index.js'))) as typeof api;
  const session = await monitor({ programs: ['target*'], interval: 100 });
  const members = await crowd(count - 1);
  await settle();
  const reads = Array.from({ length: 5 }, () => {
    const from = process.hrtime.bigint();
    readFileSync('/proc/net_traffic/counters');
    return Number(process.hrtime.bigint() - from);
  });
  const samples: number[] = [];
  let before = process.cpuUsage();
  for await (const snapshot of session) {
    const used = process.cpuUsage(before);
    before = process.cpuUsage();
    if (snapshot.processes.length >= count) samples.push((used.user + used.system) * 1000);
    if (samples.length === 11) break;
  }
  await session.close();
  await members.end();
  await unload();
  const line = String(count);
  console.log(`reading ${line}`);
  return [
    {
      ...{ table: 'reading', line, column: 'one read of counters' },
      value: String(Math.round(median(reads))),
      command: 'cat /proc/net_traffic/counters',
    },
    {
      ...{ table: 'reading', line, column: 'one sample of a session' },
      value: String(Math.round(median(samples))),
      command: "for await (const snapshot of await monitor({ programs: ['target*'], interval: 100 })) …",
    },
  ];
}

export async function growth(): Promise<Size[]> {
  const sizes: Size[] = [];
  for (const count of TARGETS) sizes.push(...(await perTarget(count)));
  for (const flows of FLOWS) sizes.push(...(await perFlow(flows)));
  for (const count of TARGETS) sizes.push(...(await reading(count)));
  return sizes;
}
