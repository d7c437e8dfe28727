// SPDX-License-Identifier: MIT
/**
 * Runs in the guest. Measures the throughput of targets divided by the throughput of bystanders, on 1, 2 and 4 processors.
 * This guest does not count instructions, so absolute numbers depend on the host and its other work. Therefore targets and
 * bystanders take turns of 200 ms. The result is the median of their ratios, and the middle half of the ratios.
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
