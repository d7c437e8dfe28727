// SPDX-License-Identifier: MIT
/** `lkm-traffic run -- CMD`: the total of one command with all that it started, and nothing left behind. */
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { program } from './lib/environment';
import { isLoaded, load as insmod, unload } from './lib/module';
import { folder, named, script } from './lib/named';
import { lkmTraffic, packageFolder, run, spawnLkmTraffic } from './lib/package';
import { test } from './lib/plan';
import { Program } from './lib/program';
import { programs, status } from './lib/proc';
import { until } from './lib/wait';
import { reported } from './lib/run';
import { parseReport } from './lib/witness';

const steps = program('exec/steps.out');

test("run reports the total of a command equal to the command's own count, and leaves nothing loaded", async () => {
  const { status, stdout, stderr, report } = await reported(program('calls/tcp.out'), 'ipv4');
  const witness = parseReport(stdout);
  assert.deepEqual([status, stderr, report.exact], [0, '', true]);
  assert.equal(String(report.traffic['tcp']?.receivedBytes), witness['tcp_rx_bytes']);
  assert.equal(String(report.traffic['tcp']?.sentBytes), witness['tcp_tx_bytes']);
  assert.deepEqual([report.traffic['total'], report.traffic['unix']], [report.traffic['tcp'], null]);
  assert.equal(report.processes.length, 1);
  assert.equal(isLoaded(), false);
});

test('run counts everything that a shell starts: background jobs, pipes and their children', async () => {
  const line = `${steps} send 100 & ${steps} fork send 30 | cat; ${steps} send 7; wait`;
  const { status, report } = await reported('sh', '-c', line);
  assert.equal(status, 0);
  assert.deepEqual([report.traffic['udp']?.sentBytes, report.traffic['udp']?.receivedBytes], [137, 137]);
  assert.deepEqual(
    report.processes.filter(({ comm }) => comm === 'steps.out').length,
    4,
    JSON.stringify(report.processes),
  );
  assert.deepEqual(report.running, []);
});

test('run exits with the status of the command', async () => {
  const notExecutable = script('text', 'no program');
  chmodSync(notExecutable, 0o644);
  const ways: [number, string[]][] = [
    [0, [steps, 'exit', '0']],
    [137, [steps, 'kill', '9']],
    // Node reports this signal as exit status 0.
    [162, [steps, 'kill', '34']],
    [127, ['/nowhere/program']],
    [126, [notExecutable]],
  ];
  assert.equal((await spawnLkmTraffic('run', '--', steps, 'exit', '3')).status, 3);
  for (const [expected, command] of ways) {
    const result = await lkmTraffic('run', '--', ...command);
    assert.equal(result.status, expected, `${command.join(' ')}: ${result.stderr}`);
    assert.doesNotMatch(result.stderr, /^\s+at /m);
  }
  assert.equal(isLoaded(), false);
});

test('run leaves standard output to the command and reports on stderr', async () => {
  const { stdout, stderr } = await spawnLkmTraffic('run', '--', 'sh', '-c', `echo mine; ${steps} send 10`);
  assert.equal(stdout, 'mine\n');
  assert.match(stderr, /: exited 0 after [\d.]+ s, 2 processes\nTotal {2}received 10 bytes, sent 10 bytes\n/);
});

test('reports a process that outlives the command as still running, and counts it until then', async () => {
  const worker = named('worker');
  const pipe = join(folder(), 'pipe');
  const { report } = await reported(
    'sh',
    '-c',
    `mkfifo ${pipe}; (${worker} send 50; : >${pipe}.sent; exec ${worker} wait <>${pipe}) >/dev/null 2>&1 &
     while [ ! -e ${pipe}.sent ]; do :; done`,
  );
  assert.equal(report.running.length, 1);
  assert.equal(report.traffic['udp']?.sentBytes, 50);
  assert.equal(isLoaded(), false);
  process.kill(report.running[0]?.pid ?? 0, 'SIGKILL');
});

test('SIGTERM ends the command of run, and the report follows; so does SIGINT without a terminal', async () => {
  const cli = join(await packageFolder(), 'node_modules/.bin/lkm-traffic');
  for (const [signal, number] of [
    ['SIGTERM', 15],
    ['SIGINT', 2],
  ] as const) {
    const going = new Program(cli, ['run', '--', 'sh', '-c', `${steps} send 20; echo ready; exec sleep 1000`]);
    await going.line(/^ready$/);
    going.kill(signal);
    const { status, stderr } = await going.result();
    assert.equal(status, 128 + number);
    assert.match(stderr, new RegExp(`${signal} after .*\\nTotal {2}received 20 bytes, sent 20 bytes`));
    assert.equal(isLoaded(), false);
  }
});

test('two runs at once each count their own command, and a killed one leaves nothing watched', async () => {
  await insmod({ idle: 1 });
  const cli = join(await packageFolder(), 'node_modules/.bin/lkm-traffic');
  const start = (size: string): Program =>
    new Program(cli, ['run', '--', 'sh', '-c', `${steps} send ${size}; echo ready; read line`]);
  const [one, two] = [start('11'), start('2222')];
  await Promise.all([one.line(/^ready$/), two.line(/^ready$/)]);
  assert.equal(status()['sessions'], '2');
  one.kill('SIGKILL');
  await until('the killed one is gone', () => status()['sessions'] === '1');
  assert.equal(programs().length, 1);
  two.write('\n');
  const { status: code, stderr } = await two.result();
  assert.equal(code, 0);
  assert.match(stderr, /received 2222 bytes \(2\.22 kB\), sent 2222 bytes/);
  await until('nothing is watched', () => programs().length === 0 && status()['records_running'] === '0');
  await unload();
});

test('the API runs a command in the same way', async () => {
  const user = await run(
    'run.mjs',
    `import { run, toJson } from 'lkm-traffic';
     const { exitCode, traffic, exact, processes } = await run('${steps}', ['send', '500'], { stdio: 'ignore' });
     console.log(toJson([exitCode, traffic.udp.sentBytes, exact, processes.length]));
     await run('/nowhere/program').catch(({ code, cause }) => console.log(code, cause.code));
     const aborted = new AbortController();
     const going = run('sleep', ['1000'], { signal: aborted.signal, onStart: () => aborted.abort(new Error('enough')) });
     await going.catch(({ message }) => console.log(message));`,
  );
  assert.equal(await user.output(), '[0,500,true,1]\nERR_COMMAND ENOENT\nenough\n');
  assert.equal(isLoaded(), false);
});
