// SPDX-License-Identifier: MIT
/**
 * In a guest with several processors and no count of instructions: the throughput of targets as a part of that of
 * bystanders, with more and more processors at work. Absolute numbers are the host's and its other work's: so the two
 * take turns of a fifth of a second, and what is given is the middle of their ratios and the half around it.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { repository } from '../test/vm/guest/lib/environment';
import { load, unload } from '../test/vm/guest/lib/module';
import { runAs } from './guest';
import { engines } from './ours';
import type { Size } from './result';
import { targets } from './workloads';

const ROUNDS = 40;
const MILLISECONDS = 200;

const throughput = (name: string, processes: number): number =>
  Number(execFileSync(`${targets}/${name}-parallel`, [String(processes), String(MILLISECONDS)], { encoding: 'utf8' }));

function ratios(processes: number): string {
  const sorted = Array.from(
    { length: ROUNDS },
    () => throughput('target', processes) / throughput('bystander', processes),
  ).sort((a, b) => a - b);
  const [low, middle, high] = [1, 2, 3].map((quarter) => sorted[(ROUNDS * quarter) >> 2]?.toFixed(2) ?? '');
  return `${middle ?? ''} (${low ?? ''}–${high ?? ''})`;
}

runAs(async () => {
  for (const name of ['target', 'bystander'])
    copyFileSync(join(repository, 'build/bench/parallel.out'), `${targets}/${name}-parallel`);
  const counts = [1, 2, 4].filter((count) => count <= availableParallelism());
  const sizes: Size[] = [];
  for (const engine of engines) {
    await load({ engine, fname: 'target*' });
    for (const count of counts) {
      const value = ratios(count);
      console.log(`${engine}, ${count} processors: ${value}`);
      const commands = ['target', 'bystander'].map((name) => `./${name}-parallel ${count} ${MILLISECONDS}`);
      sizes.push({
        ...{ table: 'cpus', line: String(count), column: engine, value },
        command: `insmod net_traffic.ko fname='target*' engine=${engine}; ${commands.join('; ')}, in turn`,
      });
    }
    await unload();
  }
  return { sizes };
});
