// SPDX-License-Identifier: MIT
/**
 * In a guest with several processors and no count of instructions: how much of its throughput a target keeps, with more
 * and more of them at work. Absolute numbers are the host's and its other work's; the ratio of two neighbours in time is
 * what there is to see.
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

const ROUNDS = 7;
const MILLISECONDS = 700;
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

const throughput = (processes: number): number =>
  Number(execFileSync(`${targets}/target-parallel`, [String(processes), String(MILLISECONDS)], { encoding: 'utf8' }));

runAs(async () => {
  copyFileSync(join(repository, 'build/bench/parallel.out'), `${targets}/target-parallel`);
  const counts = [1, 2, 4].filter((count) => count <= availableParallelism());
  const bare = new Map<number, number[]>();
  const ratios = new Map<string, number[]>();
  const note = <K>(map: Map<K, number[]>, key: K, value: number): void =>
    void map.set(key, [...(map.get(key) ?? []), value]);
  for (let round = 0; round < ROUNDS; round++) {
    for (const engine of engines) {
      const before = counts.map(throughput);
      await load({ engine, fname: 'target*' });
      const watched = counts.map(throughput);
      await unload();
      for (const [n, count] of counts.entries()) {
        note(bare, count, before[n] ?? NaN);
        note(ratios, `${engine} ${count}`, (watched[n] ?? NaN) / (before[n] ?? NaN));
      }
    }
  }
  const alone = median(bare.get(1) ?? []);
  const sizes = counts.flatMap((count): Size[] => [
    {
      ...{ table: 'cpus', line: String(count), column: 'nothing, of one processor' },
      value: (median(bare.get(count) ?? []) / alone).toFixed(2),
      command: `./target-parallel ${count} ${MILLISECONDS}`,
    },
    ...engines.map((engine) => ({
      ...{ table: 'cpus', line: String(count), column: `${engine}, target, of nothing` },
      value: median(ratios.get(`${engine} ${count}`) ?? []).toFixed(3),
      command: `insmod net_traffic.ko fname='target*' engine=${engine}; ./target-parallel ${count} ${MILLISECONDS}`,
    })),
  ]);
  for (const size of sizes) console.log(`${size.line} processors: ${size.column} ${size.value}`);
  return { sizes };
});
