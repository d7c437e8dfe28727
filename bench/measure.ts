// SPDX-License-Identifier: MIT
/** In the guest: every workload with every way to watch it. `measure.js FILE`; QUICK, ONLY (of states), WORKLOADS, QEMU by environment. */
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { cleanUp } from '../test/vm/guest/lib/cleanup';
import { repository } from '../test/vm/guest/lib/environment';
import { bound } from '../test/vm/guest/lib/net';
import { Program, outputOf } from '../test/vm/guest/lib/program';
import type { Result, Row } from './result';
import { nothing, states, targets, type State } from './states';

const quick = (process.env['QUICK'] ?? '') !== '';
const only = new RegExp(process.env['ONLY'] ?? '');
const some = new RegExp(process.env['WORKLOADS'] ?? '');
const PORT = 8099;

/** Operations for about 150 million instructions. */
const workloads: Readonly<Record<string, { count: number; argument?: string }>> = {
  udp: { count: 20000 },
  'udp-flows': { count: 20000, argument: '500' },
  tcp: { count: 6000 },
  bulk: { count: 4000 },
  sendfile: { count: 3000 },
  epoll: { count: 8000 },
  exec: { count: 250 },
  http: { count: 400, argument: String(PORT) },
};

const server = `require('http').createServer((_, out) => { out.setHeader('Content-Length', 200); out.end('x'.repeat(200)); }).listen(${PORT}, '127.0.0.1')`;

const names = Object.keys(workloads).filter((name) => some.test(name));

async function once(workload: string, state: State): Promise<number> {
  const { count, argument } = workloads[workload] ?? { count: 0, argument: undefined };
  const operations = Math.ceil(count / (quick ? 10 : 1) / (state.slow === true ? 10 : 1));
  const isHttp = workload === 'http';
  const prefix = state.prefix ?? [];
  // Of a request the server is the target; the client is a bystander, as it would be elsewhere.
  let node: Program | undefined;
  if (isHttp) {
    const [file, ...args] = [...prefix, `${targets}/${state.as}-node`, '-e', server];
    node = new Program(file, args);
    await bound('tcp', PORT);
  }
  const [file = '', ...args] = [
    ...(isHttp ? [] : prefix),
    `${targets}/${isHttp ? 'client' : state.as}`,
    workload,
    String(operations),
    ...(argument === undefined ? [] : [argument]),
  ];
  const output = await outputOf(file, args);
  node?.kill('SIGTERM');
  await node?.ended;
  const [, done, instructions] = output.trim().split(' ');
  return Number(instructions) / Number(done);
}

async function main(file: string): Promise<void> {
  mkdirSync(targets, { recursive: true });
  for (const name of ['target', 'bystander', 'client', 'target-crowd']) {
    // In memory: what is read from the host's disk comes from elsewhere the first time.
    copyFileSync(join(repository, 'build/bench/workloads.out'), `${targets}/${name}`);
  }
  for (const name of ['target-node', 'bystander-node']) symlinkSync(process.execPath, `${targets}/${name}`);

  // A line of the log costs what a line costs; to write it on a serial line too is this guest's own doing.
  writeFileSync('/proc/sys/kernel/printk', '1 4 1 7');
  const baseline = new Map<string, number>();
  const rows: Row[] = [];
  // What a system does once after its boot is no cost of the first workload.
  for (const workload of names) await once(workload, nothing);
  const failures: string[] = [];
  for (const [n, state] of states.entries()) {
    if (state !== nothing && !only.test(state.name)) continue;
    try {
      await state.begin();
      for (const workload of names) {
        const instructions = await once(workload, state);
        const before = baseline.get(workload);
        if (before === undefined) baseline.set(workload, instructions);
        const added = instructions - (before ?? instructions);
        const percent = (100 * added) / (before ?? instructions);
        const again = state === nothing && n > 0;
        rows.push({
          ...{ workload, state: again ? 'nothing, again' : state.name, ours: state.ours },
          ...{ instructions: Math.round(instructions), added: Math.round(added) },
          ...{ percent: Number(percent.toFixed(2)), command: state.command },
        });
        console.log(`${workload} ${state.name} ${Math.round(instructions)} ${percent.toFixed(2)} %`);
      }
      await state.end();
    } catch (error) {
      // One tool that does not run here is no reason to have no table; that it is missing is said.
      failures.push(`${state.name}: ${String(error).split('\n')[0] ?? ''}`);
      console.log(`failed ${failures.at(-1) ?? ''}`);
      if (state.ours) throw error;
    }
  }
  await cleanUp();
  const result: Result = {
    schema: 'lkm-traffic-bench/1',
    ...{ kernel: release(), qemu: process.env['QEMU'] ?? '', append: process.env['APPEND'] ?? '', quick, rows },
  };
  writeFileSync(file, `${JSON.stringify(result, null, 1)}\n`);
}

void main(process.argv[2] ?? '').then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
