// SPDX-License-Identifier: MIT
/** What is not done together with all else: running out of pids, allocations that fail one by one, the search for leaks. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { modulePath, program } from '../lib/environment';
import { counters, countsOf } from '../lib/proc';
import { outputOf, Program } from '../lib/program';
import { parseReport } from '../lib/witness';
import { load, ownProgram, unload } from './round';
import { addReported, did, fault } from './tally';

const engines = ['tracepoint', 'redirect'];

/** Runs a program of the torture whose errors and progress go to the console as they come. */
async function nth(...args: string[]): Promise<string> {
  console.log(`nth ${args.join(' ')}`);
  const run = new Program(program('torture/nth.out'), args, { showErrors: true });
  const output = await run.output();
  addReported(output);
  return output;
}

/** Forks that fail for want of a pid are no processes, and those before are counted as ever. */
export async function exhaustPids(): Promise<void> {
  const file = '/proc/sys/kernel/pid_max';
  const before = readFileSync(file, 'latin1');
  for (const engine of engines) {
    if (!(await load({ fname: 'storm.out', engine, history: 100 }))) continue;
    writeFileSync(file, '301');
    const output = await outputOf(program('torture/storm.out'), ['5', '250', '1']).finally(() => {
      writeFileSync(file, before);
    });
    addReported(output);
    const report = parseReport(output);
    const counted = countsOf(ownProgram('storm.out'));
    did('comparisons');
    for (const [name, value] of Object.entries(counted)) {
      if (value !== report[name]) fault('mismatches', `without pids: ${name} ${value}, not ${report[name] ?? ''}`);
    }
    if (!/^did refused_forks [1-9]/m.test(output)) fault('mismatches', 'there was a pid for every fork');
    await unload();
  }
}

/** Every step of loading. What failed has to be undone, or the next load would fail too. */
async function failLoads(engine: string): Promise<void> {
  const parameters = `fname=nth.out,other pid=1 families=inet,unix engine=${engine}`;
  await nth('load', '0', '100000', modulePath, parameters);
}

/** Every allocation of a process's exec, first transfers, flows and fork: it says what it moved, and we do not say more. */
async function failProcesses(engine: string): Promise<void> {
  if (!(await load({ fname: 'nth.out', engine, history: 20000 }))) return;
  const output = await nth('process', '1', '100000');
  const missed = BigInt(ownProgram('nth.out')['missed'] ?? '');
  for (const [, pid = '', report = ''] of output.matchAll(/^process (\d+)\n((?:\w+ \w+\n){24})/gm)) {
    const row = counters(Number(pid)).at(-1);
    did('comparisons');
    if (row === undefined) {
      if (missed === 0n) fault('mismatches', `process ${pid} is missing`);
      continue;
    }
    const witnessed = parseReport(report);
    for (const [name, value] of Object.entries(countsOf(row))) {
      const expected = BigInt(witnessed[name] ?? '');
      if (row['exact'] === '1' ? BigInt(value) !== expected : BigInt(value) > expected) {
        fault('mismatches', `process ${pid} under faults: ${name} ${value}, not ${expected} (exact ${row['exact']})`);
      }
    }
  }
  await nth('commands', '1', '100000');
  await unload();
}

export async function failAllocations(): Promise<void> {
  // Records, flows and commands are the same with either engine.
  await failProcesses('tracepoint');
  for (const engine of engines) await failLoads(engine);
}

/**
 * What the kernel itself loses when its allocations fail: the name of a kmem_cache whose sysfs entry could not be made,
 * which is kmem_cache_create()'s own affair and no failure to its caller.
 */
const kernelsOwn = /\bsysfs_slab_add\b/;

/** What nobody has a pointer to any more. The module is gone: its addresses have no names. */
export async function searchLeaks(): Promise<void> {
  const file = '/sys/kernel/debug/kmemleak';
  // An object is looked at when it is 5 s old, and reported when two scans have not found it.
  for (let n = 0; n < 2; n++) {
    await sleep(6000);
    writeFileSync(file, 'scan');
  }
  did('leak_scans', 2);
  const objects = readFileSync(file, 'latin1').split(/^(?=unreferenced object)/m);
  for (const object of objects) {
    if (kernelsOwn.test(object)) did('leaks_of_the_kernel');
    else if (object !== '') fault('leaks', object);
  }
}
