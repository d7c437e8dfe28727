// SPDX-License-Identifier: MIT
/** The total has each process once, however many watch it, and also the evicted ones. */
import assert from 'node:assert/strict';
import { Control } from './lib/control';
import { load } from './lib/module';
import { named } from './lib/named';
import { outputOfLkmTraffic, packageFolder } from './lib/package';
import { test } from './lib/plan';
import { Program } from './lib/program';
import { counters, programs } from './lib/proc';

interface Shown {
  processes: { pid: number; owners: number[] }[];
  total: { total: { sentBytes: number; receivedBytes: number } };
  exact: boolean;
  evicted: number;
  flows: { pid: number }[];
  byRemote: { counters: { sentBytes: number } }[];
  byScope: { counters: { sentBytes: number } }[];
}

async function shown(...args: string[]): Promise<Shown> {
  return JSON.parse(await outputOfLkmTraffic('show', '--json', ...args)) as Shown;
}

/** The bytes, which are the same both ways, whether they are exact, and how many processes are no longer listed. */
const about = ({ total: { total }, exact, evicted }: Shown): unknown[] => {
  assert.equal(total.sentBytes, total.receivedBytes);
  return [total.sentBytes, exact, evicted];
};

async function ran(name: string, ...steps: string[]): Promise<void> {
  await new Program(named(name), steps).output();
}

const sumOf = (parts: { counters: { sentBytes: number } }[]): number =>
  parts.reduce((sum, { counters: { sentBytes } }) => sum + sentBytes, 0);

test('the total has a process that module and session watch once, with its flows, in either order', async () => {
  await packageFolder();
  await load({ fname: 'ours-first,ours-later' });
  const session = Control.session('watch theirs-first', 'watch theirs-later');
  await ran('ours-first', 'send', '10', 'execve', named('theirs-later'), 'send', '20');
  const running = new Program(named('theirs-first'), [
    ...['send', '5', 'execve', named('ours-later'), 'send', '6', 'wait', 'send', '100'],
  ]);
  await running.line(/^waiting$/);
  assert.equal(counters().length, 4);

  const all = await shown('--flows');
  assert.deepEqual(about(all), [41, true, 0]);
  assert.equal(all.processes.length, 4);
  assert.equal(all.flows.length, 2);
  assert.deepEqual([sumOf(all.byRemote), sumOf(all.byScope)], [41, 41]);

  const chosen = await shown('--flows', 'ours-later');
  assert.deepEqual(about(chosen), [11, true, 0]);
  assert.deepEqual(
    chosen.processes.map(({ pid, owners }) => [pid, owners]),
    [
      [running.pid, [1]],
      [running.pid, [0]],
    ],
  );
  assert.deepEqual([sumOf(chosen.byRemote), sumOf(chosen.byScope)], [11, 11]);

  const table = await outputOfLkmTraffic('show');
  assert.match(table, /^Total {2}received 41 bytes, sent 41 bytes\nA process with several owners has a line for each/m);
  assert.match(table, new RegExp(`^ *${running.pid} .* session 1 +running`, 'm'));

  // The traffic that only the session counted leaves the total with the session.
  session.close();
  assert.deepEqual(about(await shown()), [36, true, 0]);
  running.kill('SIGKILL');
});

test('the total has every byte of what two programs lost to a small history, also while others run', async () => {
  await packageFolder();
  await load({ fname: 'one,two', history: 4 });
  const running = new Program(named('one'), ['send', '1000', 'wait', 'send', '1']);
  await running.line(/^waiting$/);
  for (let n = 1; n <= 6; n++) await ran('one', 'send', String(n));
  for (let n = 1; n <= 3; n++) await ran('two', 'send', String(100 * n));
  assert.deepEqual(
    programs().map((row) => [row['name'], row['evicted'], row['evicted_shared'], row['evicted_udp_tx_bytes']]),
    [
      ['one', '5', '0', '15'],
      ['two', '0', '0', '0'],
    ],
  );
  assert.deepEqual(about(await shown()), [1621, true, 5]);
  for (let n = 0; n < 6; n++) await ran('two');
  assert.deepEqual(about(await shown()), [1621, true, 11]);
  assert.deepEqual(about(await shown('two')), [600, true, 5]);
  running.kill('SIGKILL');
});

test('evicts the records of one process together, so that nothing is counted twice', async () => {
  await packageFolder();
  await load({ fname: 'ours-later,short', history: 4 });
  const session = Control.session('watch theirs-first');
  await ran('theirs-first', 'send', '5', 'execve', named('ours-later'), 'send', '6');
  const seen = [];
  for (let n = 1; n <= 3; n++) {
    await ran('short', 'send', '100');
    seen.push([counters().length, ...about(await shown())]);
  }
  assert.deepEqual(seen, [
    [3, 111, true, 0],
    [4, 211, true, 0],
    // What only the session counted is the session's to keep.
    [3, 306, true, 1],
  ]);
  session.close();
});

test('the total has a record that two programs lost together once, and each program has it exactly', async () => {
  await packageFolder();
  await load({ fname: 'one,two', history: 4 });
  await ran('one', 'send', '10', 'execve', named('two'), 'send', '20');
  for (let n = 1; n <= 4; n++) await ran('one', 'send', String(n));
  assert.deepEqual(
    programs().map((row) => [row['evicted'], row['evicted_shared'], row['evicted_inexact'], row['udp_tx_bytes']]),
    [
      ['1', '1', '0', '40'],
      ['1', '1', '0', '20'],
    ],
  );
  assert.deepEqual(about(await shown()), [40, true, 1]);
  // The evicted record held also what it had moved before it became the second program.
  assert.deepEqual(about(await shown('two')), [30, true, 1]);
  assert.deepEqual(about(await shown('one')), [40, true, 1]);
});

test('the total keeps what two programs lost together when one of them is no longer watched', async () => {
  await packageFolder();
  await load({ fname: 'on*,one', history: 1 });
  for (const bytes of ['10', '20']) await ran('one', 'send', bytes);
  assert.equal(new Control().command('unwatch on*'), 'ok');
  for (const bytes of ['30', '40']) await ran('one', 'send', bytes);
  assert.deepEqual(about(await shown()), [100, true, 3]);
  const session = Control.session('watch on*', 'watch one');
  for (const bytes of ['50', '60']) await ran('one', 'send', bytes);
  session.close();
  assert.deepEqual(
    programs().map(({ name, owner }) => [name, owner]),
    [
      ['on*', '0'],
      ['one', '0'],
    ],
  );
});

test('the total does not count a detached and evicted record beside the one that goes on', async () => {
  await packageFolder();
  await load({ fname: 'ours,short', history: 1 });
  const session = Control.session('watch theirs');
  const running = new Program(named('ours'), [
    'send',
    '5',
    'execve',
    named('theirs'),
    'send',
    '6',
    'wait',
    'send',
    '7',
  ]);
  await running.line(/^waiting$/);
  assert.equal(new Control().command(`detach ${running.pid}`), 'ok');
  assert.deepEqual(about(await shown()), [11, false, 0]);
  await ran('short', 'send', '100');
  assert.deepEqual(about(await shown()), [106, false, 0]);
  assert.deepEqual(about(await shown('ours')), [11, false, 1]);
  running.kill('SIGKILL');
  session.close();
});
