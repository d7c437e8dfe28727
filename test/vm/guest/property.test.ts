// SPDX-License-Identifier: MIT
/** Random calls by a plan that a seed gives: what each process counted for itself is what the module counted of it. */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { forcedEngine, program } from './lib/environment';
import { consistentFlows } from './lib/flows';
import { load } from './lib/module';
import { folder } from './lib/named';
import { slowTest, test } from './lib/plan';
import { outputOf } from './lib/program';
import { counters, counts, countsOf, record, sumOf, type Row } from './lib/proc';
import { parseReport } from './lib/witness';

/** The long one is of the default engine alone. */
const long = Number(process.env['MIX_SECONDS'] ?? 60);
const seed = process.env['SEED'] ?? String(randomInt(2 ** 47));
const mix = program('mix/mix.out');

interface Part {
  path: string;
  steps: string;
  hash: string;
}

/** How far which thread came in its plan; also of what a process did before it executed itself. */
const partsOf = (text: string): Part[] =>
  [...text.matchAll(/^(?:thread|before \d+) (\S+) (\d+) ([0-9a-f]{16})$/gm)].map(
    ([, path = '', steps = '', hash = '']) => ({
      path,
      steps,
      hash,
    }),
  );

function assertEqual(pid: number, row: Row, report: Row): void {
  const counted = countsOf(row);
  const known = Object.entries(report).filter(([, value]) => value !== 'any');
  const expected = counts(Object.fromEntries(known.map(([name, value]) => [name, BigInt(value)])));
  for (const [name, value] of Object.entries(report)) if (value === 'any') expected[name] = counted[name] ?? '';
  assert.deepEqual(counted, expected, `process ${pid} of seed ${seed}`);
}

async function randomCalls(seconds: number): Promise<void> {
  console.log(`# seed ${seed}: SEED=${seed} repeats the plan of calls`);
  await load({ fname: 'mix.out', history: 20000 });
  const file = join(folder(), 'reports');
  await outputOf(mix, ['run', seed, String(seconds), file]);
  const text = readFileSync(file, 'latin1');

  const reports = new Map(
    [...text.matchAll(/^process (\d+)\n([^]*?)^end\n/gm)].map(([, pid = '', report = '']) => [
      Number(pid),
      parseReport(report),
    ]),
  );
  const rows = counters();
  assert.deepEqual(new Set(rows.map((row) => Number(row['pid']))), new Set(reports.keys()));
  for (const [pid, report] of reports) assertEqual(pid, record(pid), report);
  assert.deepEqual(
    rows.filter((row) => row['exact'] !== '1' || row['state'] !== 'exited' || row['exit_code'] !== '0'),
    [],
  );
  const total = sumOf(rows);
  for (const transport of ['tcp', 'udp']) {
    const [sent = 0n, received = 0n] = ['tx', 'rx'].map((way) => BigInt(total[`${transport}_${way}_bytes`] ?? ''));
    assert.ok(sent > 0n && received > 0n && received <= sent, `${transport}: ${received} received of ${sent}`);
  }
  consistentFlows();
  console.log(
    `# ${reports.size} processes, ${partsOf(text).reduce((sum, { steps }) => sum + Number(steps), 0)} calls: ` +
      ['tcp', 'udp'].map((t) => `${t} ${total[`${t}_rx_bytes`]} received ${total[`${t}_tx_bytes`]} sent`).join(', '),
  );

  // What was made was the plan of the seed.
  const parts = partsOf(text);
  assert.ok(parts.length >= reports.size);
  for (const { path, steps, hash } of parts) {
    assert.equal((await outputOf(mix, ['hash', seed, path, steps])).trim(), hash, `plan of ${path}`);
  }
  const plan = ['plan', seed, '0', '100'];
  assert.equal(await outputOf(mix, plan), await outputOf(mix, plan));
}

const promise = (seconds: number): string => `random calls for ${seconds} s: every process's counts are its own sums`;
test(promise(10), () => randomCalls(10));
if (forcedEngine === undefined) slowTest(promise(long), () => randomCalls(long), long + 240);
