// SPDX-License-Identifier: MIT
/** Runs in the guest. Measures one workload with one method. */
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repository } from '../test/vm/guest/lib/environment';
import { bound } from '../test/vm/guest/lib/net';
import { Program, outputOf } from '../test/vm/guest/lib/program';
import type { State } from './state';

export const quick = (process.env['QUICK'] ?? '') !== '';

/** The folder with the workload's program, under each of its names. */
export const targets = '/tmp/bench';
const PORT = 8099;

export interface Workload {
  readonly count: number;
  readonly argument?: string;
}

/** The number of operations, for about 150 million instructions. */
export const workloads: Readonly<Record<string, Workload>> = {
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

export function install(): void {
  mkdirSync(targets, { recursive: true });
  for (const name of ['target', 'bystander', 'client', 'target-crowd']) {
    // Copied into memory: the first read of a file on the host's disk would cost more than later ones.
    copyFileSync(join(repository, 'build/bench/workloads.out'), `${targets}/${name}`);
  }
  for (const name of ['target-node', 'bystander-node']) symlinkSync(process.execPath, `${targets}/${name}`);
  // Keep log lines off the serial console. Writing them there is a cost of this guest, not of the log.
  writeFileSync('/proc/sys/kernel/printk', '1 4 1 7');
}

/** Gives background work time to end. In an idle guest this clock jumps ahead, so the wait costs no real time. */
export const settle = (): Promise<void> => sleep(3000);

/** Workloads that vary between runs: Node.js optimizes a server sooner or later, and memory is laid out differently. */
const UNEQUAL: readonly string[] = ['http', 'exec'];

/** Instructions of one operation. */
export async function measure(name: string, workload: Workload, state: State): Promise<number> {
  const isUnequal = UNEQUAL.includes(name);
  const results: number[] = [];
  // The full form repeats only the varying workloads. The quick form repeats only the others: it compares no varying ones.
  for (let n = 0; n < (isUnequal === quick ? 1 : 3); n++) results.push(await once(name, workload, state));
  results.sort((a, b) => a - b);
  // Of varying workloads take the median. Of steady ones take the smallest: other work of the guest only adds to them.
  return results[isUnequal ? results.length >> 1 : 0] ?? NaN;
}

async function once(name: string, { count, argument }: Workload, state: State): Promise<number> {
  const operations = Math.ceil(count / (quick ? 10 : 1) / (state.slow === true ? 10 : 1));
  const prefix = state.prefix ?? [];
  // In a request, the server is the target. The client is a bystander, as a client on another machine would be.
  const isHttp = name === 'http';
  let node: Program | undefined;
  if (isHttp) {
    const [file, ...args] = [...prefix, `${targets}/${state.as}-node`, '-e', server];
    node = new Program(file, args, { detached: true });
    await bound('tcp', PORT);
  }
  const [file = '', ...args] = [
    ...(isHttp ? [] : prefix),
    `${targets}/${isHttp ? 'client' : state.as}`,
    name,
    String(operations),
    ...(argument === undefined ? [] : [argument]),
  ];
  const output = await outputOf(file, args);
  // End the whole process group: strace alone would leave the server running.
  if (node !== undefined) process.kill(-node.pid, 'SIGTERM');
  await node?.ended;
  const [, done, instructions] = output.trim().split(' ');
  return Number(instructions) / Number(done);
}
