// SPDX-License-Identifier: MIT
/** Loads the module, has targets move what they know, compares, unloads: while all else goes on. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { kernelIsAtLeast, program } from '../lib/environment';
import { consistentFlows } from '../lib/flows';
import { insmod, isLoaded, rmmod, type Parameters } from '../lib/module';
import { folder, named } from '../lib/named';
import { counters, countsOf, programs, status, type Row } from '../lib/proc';
import { Program } from '../lib/program';
import { within } from '../lib/wait';
import { parseReport } from '../lib/witness';
import { Control } from '../lib/control';
import { below, oneOf } from './random';
import { disturbed, type Blocked, type Users } from './stress';
import { addReported, did, fault } from './tally';

const engines = kernelIsAtLeast(6, 3) ? ['tracepoint', 'redirect'] : ['redirect'];

function someParameters() {
  return {
    engine: oneOf(engines),
    families: oneOf(['inet', 'inet', 'inet,unix', 'inet,unix,packet,vsock']),
    max_flows: oneOf([0, 1, 16, 1024]),
    history: oneOf([1, 50, 20000]),
    log_packets: below(6) === 0 ? 1 : 0,
  } satisfies Parameters;
}

export async function load(parameters: Parameters): Promise<boolean> {
  const result = await within(120, 'insmod', insmod(parameters));
  if (result.status !== 0) fault('mismatches', `insmod ${JSON.stringify(parameters)}: ${result.stderr}`);
  else did('loads');
  return result.status === 0;
}

/** By rmmod alone, or after `stop`. Whoever has a session is in the way, and is asked to leave in the end. */
export async function unload(users?: Users): Promise<void> {
  const limit = { paused: false, since: performance.now() };
  const pause = async (): Promise<void> => {
    if (!limit.paused) await users?.pause();
    limit.paused = true;
    limit.since = performance.now();
  };
  if (below(2) === 0) {
    await pause();
    const control = new Control();
    const answer = control.command('stop');
    control.close();
    if (answer !== 'ok' && answer !== 'EBUSY') fault('mismatches', `stop: ${answer}`);
    did('stops');
  }
  while (isLoaded()) {
    const result = await within(120, 'rmmod', rmmod());
    if (result.status !== 0 && !/in use|temporarily unavailable/i.test(result.stderr)) {
      fault('mismatches', `rmmod: ${result.stderr}`);
    }
    const waited = performance.now() - limit.since;
    // A machine that is busy with all this takes its time for each try.
    if (waited > 5000 && !limit.paused) await pause();
    else if (waited > 180_000) {
      fault('stuck', `rmmod: ${result.stderr}`);
      return;
    }
    if (result.status !== 0) await sleep(50);
  }
  users?.goOn();
  did('unloads');
}

/** Where the counts differ; what the witness calls `any` is whatever they are. */
function differences(counted: Row, witnessed: Row): string[] {
  return Object.entries(countsOf(counted)).flatMap(([name, value]) => {
    const expected = witnessed[name] ?? '0';
    return expected === 'any' || expected === value ? [] : [`${name} ${value}, not ${expected}`];
  });
}

function compare(what: string, counted: Row, witnessed: Row): void {
  did('comparisons');
  const different = differences(counted, witnessed);
  if (different.length > 0) fault('mismatches', `${what}: ${different.join('; ')}`);
}

/** The line of a watch of the module's own: sessions come and go that watch the same. */
export function ownProgram(name: string): Row {
  const [row] = programs(name).filter(({ owner }) => owner === '0');
  if (row === undefined) throw new Error(`no program ${name}`);
  return row;
}

/** The sum of what processes counted for themselves. */
function sum(reports: Row[]): Row {
  const names = new Set(reports.flatMap((report) => Object.keys(report)));
  return Object.fromEntries(
    [...names].map((name) => {
      const values = reports.map((report) => report[name] ?? '0');
      return [name, values.includes('any') ? 'any' : String(values.reduce((a, b) => a + BigInt(b), 0n))];
    }),
  );
}

function reportsIn(text: string): Map<string, Row> {
  return new Map(
    [...text.matchAll(/^process (\d+)\n([^]*?)^end\n/gm)].map(([, pid = '', report = '']) => [
      pid,
      parseReport(report),
    ]),
  );
}

/** Random calls, disturbed all the while: every process, and the program's total. */
async function trackedCalls(seconds: number): Promise<() => void> {
  const file = join(folder(), 'reports');
  const seed = String(below(2 ** 31));
  const leader = new Program(named('tracked', 'mix/mix.out'), ['run', seed, String(seconds), file], { detached: true });
  await disturbed(leader);
  await leader.output();
  return () => {
    const text = readFileSync(file, 'latin1');
    rmSync(file);
    const reports = reportsIn(text);
    compare(`the program tracked of seed ${seed}`, ownProgram('tracked'), sum([...reports.values()]));
    for (const row of counters().filter(({ owners, program }) => owners === '0' && program === 'tracked')) {
      const report = reports.get(row['pid'] ?? '');
      if (report !== undefined) compare(`process ${row['pid'] ?? ''} of seed ${seed}`, row, report);
      if (report !== undefined && row['exact'] !== '1') fault('mismatches', `not exact: ${row['reasons'] ?? ''}`);
    }
    for (const [, steps = ''] of text.matchAll(/^(?:thread|before \d+) \S+ (\d+) [0-9a-f]{16}$/gm)) {
      did('calls', Number(steps));
    }
  };
}

/** Processes that come and go: the total of all of them. */
async function storm(seconds: number): Promise<() => void> {
  const run = new Program(program('torture/storm.out'), [String(seconds), '2', String(below(1e6))]);
  const output = await run.output();
  addReported(output);
  return () => {
    compare('the program storm.out', ownProgram('storm.out'), parseReport(output));
    if (ownProgram('storm.out')['running'] !== '0') fault('stuck', 'processes of storm.out still run');
  };
}

/** One reading of `flows` after the other: each has to add up. */
async function readFlows(over: () => boolean): Promise<void> {
  while (!over()) {
    try {
      consistentFlows();
    } catch (error) {
      fault('mismatches', `flows: ${String(error)}`);
    }
    did('flow_readings');
    await sleep(below(1000));
  }
}

export async function round(seconds: number, blocked: Blocked, users: Users): Promise<void> {
  const parameters = { fname: 'tracked,storm.out,victim', ...someParameters() };
  if (!(await load(parameters))) return;
  const control = new Control();
  if (control.command(`attach ${blocked.program.pid}`) !== 'ok') fault('mismatches', 'cannot attach');
  control.close();
  let over = false;
  // Without flows there are only totals, which nothing adds up to.
  const flows = parameters.max_flows === 0 ? undefined : readFlows(() => over);
  const limit = seconds * 4 + 120;
  try {
    const checks = await within(limit, 'targets end', Promise.all([trackedCalls(seconds), storm(seconds)]));
    for (const check of checks) check();
    if (status()['alloc_failed'] !== '0') did('allocations_failed', Number(status()['alloc_failed']));
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    fault(text.includes('not within') ? 'stuck' : 'mismatches', `${JSON.stringify(parameters)}: ${text}`);
  }
  over = true;
  await flows;
  await unload(users);
}
