// SPDX-License-Identifier: MIT
/** In the guest: one workload under one way to watch it. */
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repository } from '../test/vm/guest/lib/environment';
import { bound } from '../test/vm/guest/lib/net';
import { Program, outputOf } from '../test/vm/guest/lib/program';
import type { State } from './state';

export const quick = (process.env['QUICK'] ?? '') !== '';

/** Where the workload lies, under each name. */
export const targets = '/tmp/bench';
const PORT = 8099;

export interface Workload {
  readonly count: number;
  readonly argument?: string;
}

/** Operations for about 150 million instructions. */
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
    // In memory: what is read from the host's disk comes from elsewhere the first time.
    copyFileSync(join(repository, 'build/bench/workloads.out'), `${targets}/${name}`);
  }
  for (const name of ['target-node', 'bystander-node']) symlinkSync(process.execPath, `${targets}/${name}`);
  // A line of the log costs what a line costs; to write it on a serial line too is this guest's own doing.
  writeFileSync('/proc/sys/kernel/printk', '1 4 1 7');
}

/** Time to end for what is still at work: of an idle guest's time nothing is ever waited for. */
export const settle = (): Promise<void> => sleep(3000);

/** Of these the one in the middle: a server of Node's is optimized now sooner, now later, and memory is given out differently. */
const UNEQUAL: readonly string[] = ['http', 'exec'];

/** Instructions of one operation. */
export async function measure(name: string, workload: Workload, state: State): Promise<number> {
  const isUnequal = UNEQUAL.includes(name);
  const results: number[] = [];
  // In the full form only the unequal ones vary by more than what is looked for; in the quick one they are not compared.
  for (let n = 0; n < (isUnequal === quick ? 1 : 3); n++) results.push(await once(name, workload, state));
  results.sort((a, b) => a - b);
  // The steady ones only ever get dearer, by what the guest does in between: of few operations that is a part of what we add.
  return results[isUnequal ? results.length >> 1 : 0] ?? NaN;
}

async function once(name: string, { count, argument }: Workload, state: State): Promise<number> {
  const operations = Math.ceil(count / (quick ? 10 : 1) / (state.slow === true ? 10 : 1));
  const prefix = state.prefix ?? [];
  // Of a request the server is the target; the client is a bystander, as it would be elsewhere.
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
  // With what it was started by: strace alone would leave it running.
  if (node !== undefined) process.kill(-node.pid, 'SIGTERM');
  await node?.ended;
  const [, done, instructions] = output.trim().split(' ');
  return Number(instructions) / Number(done);
}
