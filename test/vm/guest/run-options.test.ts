// SPDX-License-Identifier: MIT
/** The options of `lkm-traffic run`: budgets, breakdowns, repeats, waiting, signals, several runs at once. */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { program } from './lib/environment';
import { isLoaded } from './lib/module';
import { folder, named } from './lib/named';
import { lkmTraffic, packageFolder, run } from './lib/package';
import { slowTest, test } from './lib/plan';
import { Program } from './lib/program';
import { programs, status } from './lib/proc';
import { reportedWith, type RunDocument } from './lib/run';
import { until } from './lib/wait';

const steps = program('exec/steps.out');
const cliOf = async (): Promise<string> => join(await packageFolder(), 'node_modules/.bin/lkm-traffic');

test('run --by remote and scope add up to the total, and a budget for a scope applies', async () => {
  const { status: code, report } = await reportedWith(
    ['--by=scope', '--max-tx=99', '--scope=loopback'],
    ...['sh', '-c', `${steps} send 60; ${steps} send 40`],
  );
  assert.deepEqual([code, report.budgets?.[0]?.outcome, report.budgets?.[0]?.moved], [3, 'broken', 100]);
  const loopback = report.byScope?.find(({ scope }) => scope === 'loopback')?.counters;
  assert.deepEqual([loopback?.sentBytes, loopback?.receivedBytes], [100, 100]);
  assert.deepEqual(
    report.byRemote?.map(({ address, counters }) => [address, counters.sentBytes]),
    [['127.0.0.1', 100]],
  );
});

test('run --by process and program list the traffic of each', async () => {
  const worker = named('worker');
  const { stderr } = await lkmTraffic('run', '--by=process', '--', 'sh', '-c', `${worker} send 60; ${worker} send 40`);
  assert.match(stderr, /\d+ {2}sh +0 +0 +0 +0\n *\d+ {2}\S+ worker +60 +1 +60 +1\n *\d+ {2}\S+ worker +40 +1 +40 +1\n/);
  const { stderr: byProgram } = await lkmTraffic(
    ...['run', '--by=program', '--', 'sh', '-c', `${worker} send 60; ${worker} send 40`],
  );
  assert.match(byProgram, /\/steps\.out +2 +100 +2 +100 +2\n/);
});

test('run -r repeats the command and prints mean and spread', async () => {
  const { status: code, stderr } = await lkmTraffic('run', '-r', '3', '--', steps, 'send', '10');
  assert.equal(code, 0);
  assert.match(stderr, /: 3 runs, exited 0\n[^]*Sent bytes +10\.0 +0\.0 +10 +10\n/);
  assert.equal(isLoaded(), false);
});

slowTest('run -I prints the traffic so far while the command runs', async () => {
  const going = new Program(await cliOf(), ['run', '-I', '200ms', '--', 'sh', '-c', `${steps} send 10; read line`]);
  await until('an interim line has the bytes', () => /s {2}received 10 bytes, sent 10 bytes\n/.test(going.stderr));
  assert.doesNotMatch(going.stderr, /Total/);
  going.write('\n');
  assert.match((await going.result()).stderr, /Total {2}received 10 bytes/);
});

test('run --wait counts processes that outlive the command to their end', async () => {
  const pipe = join(folder(), 'pipe');
  const { status: code, report } = await reportedWith(
    ['--wait'],
    // The child goes on only when its parent, which is the command, has ended.
    ...[
      ...['sh', '-c'],
      `(while kill -0 $$; do sleep 0.1; done; ${steps} send 50; : >${pipe}) >/dev/null 2>&1 </dev/null & exit 0`,
    ],
  );
  assert.ok(existsSync(pipe));
  assert.deepEqual([code, report.traffic['udp']?.sentBytes, report.running, report.exact], [0, 50, [], true]);
  assert.equal(isLoaded(), false);
});

slowTest('SIGINT ends run --wait of a daemon, and the daemon keeps running', async () => {
  const pidFile = join(folder(), 'pid');
  const going = new Program(await cliOf(), [
    ...['run', '--wait', '--', 'sh', '-c'],
    `setsid sh -c 'echo $$ >${pidFile}; exec sleep 1000' >/dev/null 2>&1 </dev/null & until [ -s ${pidFile} ]; do :; done; echo up`,
  ]);
  await going.line(/^up$/);
  const pid = Number(readFileSync(pidFile, 'utf8'));
  await until('it is sleep', () => readFileSync(`/proc/${pid}/comm`, 'latin1') === 'sleep\n');
  // The command ends just now: a signal before that is for it.
  await until('it waits', () => {
    if (!going.hasEnded) going.kill('SIGINT');
    return going.hasEnded;
  });
  const { status: code, stderr } = await going.result();
  assert.ok(code === 0 || code === 130, String(code));
  assert.match(stderr, new RegExp(`Still running, counted until sh ended: ${pid} sleep`));
  assert.equal(isLoaded(), false);
  process.kill(pid, 'SIGKILL');
});

test('run --pid counts that process while the command runs, as a lower bound', async () => {
  const sender = new Program(named('sender'), ['wait', 'send', '33']);
  const file = join(folder(), 'report');
  const going = new Program(await cliOf(), [
    ...['run', '-o', file, '--json', `--pid=${sender.pid}`],
    ...['--', 'sh', '-c', `echo up; ${steps} send 999; read line`],
  ]);
  await going.line(/^up$/);
  sender.write('\n');
  await sender.output();
  going.write('\n');
  await going.output();
  const report = JSON.parse(readFileSync(file, 'utf8')) as RunDocument;
  assert.deepEqual([report.exact, report.reasons], [false, ['attached']]);
  assert.deepEqual(
    report.processes.map(({ pid }) => pid),
    [sender.pid],
  );
  assert.equal(report.traffic['total']?.sentBytes, 33);
});

test('run --user runs the command as another user and counts it', async () => {
  const {
    status: code,
    stdout,
    report,
  } = await reportedWith(['--user=nobody'], ...['sh', '-c', `id -un; id -Gn; echo $HOME $USER; ${steps} send 7`]);
  assert.equal(code, 0);
  assert.equal(stdout.split('\n').slice(0, 3).join(' '), 'nobody nogroup /nonexistent nobody');
  assert.equal(report.traffic['udp']?.sentBytes, 7);
  assert.equal((await lkmTraffic('run', '--user=no-such-user', '--', 'true')).status, 2);
});

slowTest('run --output-fd writes to a descriptor, and --github to the job summary', async () => {
  const file = join(folder(), 'report');
  const summary = join(folder(), 'summary');
  appendFileSync(summary, '# Job\n');
  const shell = new Program('sh', ['-c', `${await cliOf()} run --output-fd 7 --github -- ${steps} send 5 7>${file}`], {
    env: { ...process.env, GITHUB_STEP_SUMMARY: summary },
  });
  const { stderr } = await shell.result();
  assert.equal(stderr, '');
  assert.match(readFileSync(file, 'utf8'), /received 5 bytes, sent 5 bytes/);
  assert.match(readFileSync(summary, 'utf8'), /^# Job\n### Network traffic of ` .*send 5 `\n\n\*\*received 5 bytes/);
});

slowTest('run waits for a command that stops and continues', async () => {
  const going = new Program(await cliOf(), ['run', '--', 'sh', '-c', `echo $$; read line; ${steps} send 20`]);
  const pid = Number((await going.line(/^\d+$/))[0]);
  process.kill(pid, 'SIGSTOP');
  await until('it is stopped', () => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') T '));
  going.write('\n');
  process.kill(pid, 'SIGCONT');
  const { status: code, stderr } = await going.result();
  assert.equal(code, 0);
  assert.match(stderr, /sent 20 bytes/);
});

/** Under a terminal of its own; what is written to it is typed. */
const inTerminal = (command: string): Program => new Program('script', ['-qec', command, '/dev/null']);

slowTest(
  'Ctrl-C in a terminal reaches the command once, and job control stops and continues run and command',
  async () => {
    const counter = join(folder(), 'counter');
    const script = join(folder(), 'command.sh');
    const cli = await cliOf();
    writeFileSync(
      script,
      `n=0; trap 'n=$((n + 1)); echo $n >${counter}' INT\nstty -g >/dev/null && echo ready\nwhile ! read line; do :; done\necho line $line; ${steps} send 8; exit $n\n`,
    );
    const terminal = inTerminal(`${cli} run -- sh ${script}; echo status $?`);
    await until('it is ready', () => terminal.stdout.includes('ready'));
    terminal.write('\x03');
    await until('Ctrl-C came', () => existsSync(counter));
    terminal.write('typed\n');
    await until('it has ended', () => /status \d+\r\n/.test(terminal.stdout));
    assert.match(terminal.stdout, /line typed\r\n[^]*received 8 bytes, sent 8 bytes[^]*status 1\r\n/);
    assert.equal(readFileSync(counter, 'utf8'), '1\n');

    const shell = inTerminal('bash --norc --noprofile -i');
    await until('there is a prompt', () => shell.stdout.includes('$ ') || shell.stdout.includes('# '));
    shell.write(`${cli} run -- sh -c 'echo begun $$; read line; ${steps} send 9'\n`);
    const pid = await until('it runs', () => /^begun (\d+)/m.exec(shell.stdout)?.[1]);
    shell.write('\x1a');
    await until('it is stopped', () => shell.stdout.includes('Stopped'));
    shell.write('fg\n');
    await until('it goes on', () => !/^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'latin1')));
    shell.write('\n');
    await until('the report is there', () => shell.stdout.includes('sent 9 bytes'));
    shell.write('exit\n');
    await shell.result();
  },
);

test('a run inside a run counts its own command, and the outer run counts everything', async () => {
  const cli = await cliOf();
  const inner = join(folder(), 'inner.json');
  const { status: code, report } = await reportedWith(
    [],
    ...['sh', '-c', `${steps} send 100; ${cli} run -o ${inner} --json -- ${steps} send 11`],
  );
  const { traffic } = JSON.parse(readFileSync(inner, 'utf8')) as typeof report;
  assert.deepEqual([code, report.traffic['udp']?.sentBytes, traffic['udp']?.sentBytes], [0, 111, 11]);
  assert.equal(isLoaded(), false);
});

test('the last of two runs to end unloads the module that the other loaded', async () => {
  const cli = await cliOf();
  const start = (): Program => new Program(cli, ['run', '--', 'sh', '-c', 'echo ready; read line']);
  const first = start();
  await first.line(/^ready$/);
  const second = start();
  await second.line(/^ready$/);
  first.write('\n');
  await first.output();
  assert.equal(status()['sessions'], '1');
  second.write('\n');
  await second.output();
  assert.equal(isLoaded(), false);
});

test('a killed run leaves nothing watched, and the next run unloads the module', async () => {
  const cli = await cliOf();
  const killed = new Program(cli, ['run', '--', 'sh', '-c', 'echo ready; read line']);
  await killed.line(/^ready$/);
  killed.kill('SIGKILL');
  await until('its session is over', () => status()['sessions'] === '0');
  assert.deepEqual(programs(), []);
  assert.equal((await lkmTraffic('run', '--', 'true')).status, 0);
  assert.equal(isLoaded(), false);
});

test('measure counts a child that already runs', async () => {
  const user = await run(
    'measure.mjs',
    `import { spawn } from 'node:child_process';
     import { measure, toJson } from 'lkm-traffic';
     const child = spawn('sh', ['-c', 'read line; ${steps} send 500'], { stdio: ['pipe', 'ignore', 'inherit'] });
     const measuring = measure(child, { onSample: () => child.stdin.end('\\n') });
     const { exitCode, traffic, exact, reasons } = await measuring;
     console.log(toJson([exitCode, traffic.udp.sentBytes, exact, reasons]));`,
  );
  assert.equal(await user.output(), '[0,500,false,["attached"]]\n');
  assert.equal(isLoaded(), false);
});
