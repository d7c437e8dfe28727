// SPDX-License-Identifier: MIT
/** Several users of the package at once, and users that are killed in the middle of whatever they do. */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isLoaded, unload } from './lib/module';
import { named } from './lib/named';
import { engineMember, engineOption, spawnLkmTraffic, packageFolder, run } from './lib/package';
import { slowTest, test } from './lib/plan';
import { Program } from './lib/program';
import { programs, status } from './lib/proc';
import { until } from './lib/wait';

/** Monitors a program, which an expression names, until a message comes; then prints what each of its processes sent. */
const monitorsUntilTold = (program: string): string => `
  const session = await monitor({ programs: [${program}], ${engineMember} interval: 50 });
  say('ready');
  await told;
  const { processes } = await session.close();
  say(processes.map(({ traffic }) => traffic.udp.sentBytes).join(','));`;

const inProcess = (program: string): string => `
  const { monitor } = require('lkm-traffic');
  const told = new Promise((done) => process.stdin.once('data', done));
  const say = (text) => console.log(text);
  (async () => {${monitorsUntilTold(`'${program}'`)} process.exit(); })();`;

/** The same twice, each in a thread of one process. */
const inThreads = (one: string, other: string): string => `
  const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
  if (isMainThread) {
    const workers = ['${one}', '${other}'].map((program) => new Worker(__filename, { workerData: program }));
    for (const worker of workers) worker.on('message', (text) => console.log(text));
    process.stdin.once('data', () => workers.forEach((worker) => worker.postMessage('now')));
    Promise.all(workers.map((worker) => new Promise((done) => worker.once('exit', done)))).then(() => process.exit());
  } else {
    const { monitor } = require('lkm-traffic');
    const told = new Promise((done) => parentPort.once('message', done));
    const say = (text) => parentPort.postMessage(workerData + ' ' + text);
    (async () => {${monitorsUntilTold('workerData')} })();
  }`;

async function send(name: string, bytes: number): Promise<void> {
  await new Program(named(name), ['send', String(bytes)]).output();
}

test('two Node processes at once each see their own program, and nothing stays watched', async () => {
  await packageFolder();
  const users = await Promise.all([run('one.js', inProcess('one')), run('other.js', inProcess('other'))]);
  await Promise.all(users.map((user) => user.line(/^ready$/)));
  await Promise.all([send('one', 11), send('other', 22)]);
  for (const [n, sum] of ['11', '22'].entries()) {
    const user = users[n];
    user?.write('\n');
    assert.equal((await user?.line(/^\d+$/))?.[0], sum);
    await user?.output();
  }
  // Whoever closed last took it away, whichever of them had loaded it.
  assert.equal(isLoaded(), false);
});

slowTest('two threads of a Node process at once each see their own program, and nothing stays watched', async () => {
  await packageFolder();
  const user = await run('threads.js', inThreads('one', 'other'));
  await user.line(/ ready$/);
  await user.line(/ ready$/);
  await Promise.all([send('one', 11), send('other', 22)]);
  user.write('\n');
  const said = [(await user.line(/^.+ \d+$/))[0], (await user.line(/^.+ \d+$/))[0]];
  assert.deepEqual(said.sort(), ['one 11', 'other 22']);
  await user.output();
  // Whoever closed last took it away, whichever of them had loaded it.
  assert.equal(isLoaded(), false);
});

test('two load commands at once have the names of both watched', async () => {
  await packageFolder();
  assert.equal(isLoaded(), false);
  const loads = await Promise.all(
    ['one', 'other'].map((name) => spawnLkmTraffic('load', ...engineOption, `--fname=${name}`)),
  );
  assert.deepEqual(
    loads.map(({ status: exit, stderr }) => [exit, stderr]),
    [
      [0, ''],
      [0, ''],
    ],
  );
  await Promise.all([send('one', 11), send('other', 22)]);
  assert.deepEqual(
    programs()
      .map((row) => [row['name'], row['udp_tx_bytes']])
      .sort(),
    [
      ['one', '11'],
      ['other', '22'],
    ],
  );
  const unloads = await Promise.all([spawnLkmTraffic('unload'), spawnLkmTraffic('unload')]);
  assert.equal(isLoaded(), false);
  assert.ok(unloads.some(({ status: exit }) => exit === 0));
});

async function killAtAnyMoment(kills: number): Promise<void> {
  await packageFolder();
  for (let n = 0; n < kills; n++) {
    const wait = randomInt(400, 3000);
    const user = await run('killed.js', inProcess('victim'));
    await sleep(wait);
    // It may be closing just then.
    if (n % 2 === 1) user.write('\n');
    user.kill('SIGKILL');
    await user.result();
    if (!isLoaded()) continue;
    await until(`nothing is left of who was killed after ${wait} ms`, () => status()['sessions'] === '0');
    assert.deepEqual(programs(), [], `killed after ${wait} ms`);
    await unload();
  }
  if (isLoaded()) await unload();
}

const many = Number(process.env['KILLS'] ?? 8);
const promise = (kills: number): string =>
  `SIGKILL of a process that monitors, ${kills} times at any moment: nothing stays watched, and the module can go`;
test(promise(2), () => killAtAnyMoment(2));
slowTest(promise(many), () => killAtAnyMoment(many));
