// SPDX-License-Identifier: MIT
/** The API, from the packed tarball, as a CommonJS and as an ES module of a user's. */
import assert from 'node:assert/strict';
import { isLoaded } from './lib/module';
import { named } from './lib/named';
import { engineMember, packageFolder, run, load } from './lib/package';
import { test } from './lib/plan';
import { Program } from './lib/program';
import { status } from './lib/proc';
import { runScenario, sendRecv } from './lib/scenario';
import { until } from './lib/wait';

/** A session on a program until a line comes on stdin; then its final snapshot as JSON, after its events. */
const session = (program: string): string => `
  const session = await monitor({ programs: ['${program}'], ${engineMember} interval: 100 });
  for (const event of ['exec', 'fork', 'exit']) {
    session.on(event, (process) => console.log(event, process.pid, process.state, process.traffic.udp.sentBytes.toString()));
  }
  console.log('ready');
  await new Promise((done) => process.stdin.once('data', done));
  const final = await session.close();
  console.log(toJson(final));
  process.exit();`;
const commonJs = (program: string): string =>
  `const { monitor, toJson } = require('lkm-traffic'); (async () => {${session(program)}})();`;
const esModule = (program: string): string => `import { monitor, toJson } from 'lkm-traffic'; ${session(program)}`;

interface Final {
  total: { total: Record<string, number> };
  processes: { pid: number; traffic: { tcp: Record<string, number> } }[];
  exact: boolean;
}

async function finalOf(program: Program): Promise<Final> {
  program.write('\n');
  return JSON.parse((await program.line(/^\{.*\}$/))[0]) as Final;
}

const kinds = [
  ['require', 'user.cjs', commonJs],
  ['import', 'user.mjs', esModule],
] as const;
for (const [how, file, text] of kinds) {
  test(`${how}('lkm-traffic'): a session counts 175/175, and leaves nothing loaded`, async () => {
    await packageFolder();
    const user = await run(file, text('server.out'));
    await user.line(/^ready$/);
    const pid = await runScenario(sendRecv);
    const { total, processes, exact } = await finalOf(user);
    await user.output();
    const wanted = { receivedBytes: 175, receivedMessages: 5, sentBytes: 175, sentMessages: 5 };
    assert.deepEqual([total.total, exact], [wanted, true]);
    assert.deepEqual(
      processes.map((process) => [process.pid, process.traffic.tcp]),
      [[pid, wanted]],
    );
    assert.equal(isLoaded(), false);
  });
}

test('emits exec, fork and exit once for each process, also for one that lived between two samples', async () => {
  await packageFolder();
  const user = await run('user.mjs', esModule('worker').replace('interval: 100', 'interval: 60000'));
  await user.line(/^ready$/);
  const worker = new Program(named('worker'), ['send', '5', 'fork', 'send', '7']);
  const child = Number(/^child (\d+)$/m.exec(await worker.output())?.[1]);
  const { total } = await finalOf(user);
  const events = user.stdout.split('\n').filter((line) => /^(exec|fork|exit) /.test(line));
  const of = (pid: number): string[] => events.filter((line) => line.split(' ')[1] === String(pid));
  assert.deepEqual(
    of(worker.pid).map((line) => line.split(' ')[0]),
    ['exec', 'exit'],
  );
  assert.deepEqual(
    of(child).map((line) => line.split(' ')[0]),
    ['fork', 'exit'],
  );
  assert.equal(events.length, 4);
  assert.deepEqual([of(worker.pid)[1], of(child)[1]], [`exit ${worker.pid} exited 5`, `exit ${child} exited 7`]);
  assert.equal(total.total['sentBytes'], 12);
});

test('two sessions of two programs each see their own program, and ending one leaves the other running', async () => {
  await packageFolder();
  const one = await run('one.mjs', esModule('first'));
  await one.line(/^ready$/);
  const two = await run('two.cjs', commonJs('second'));
  await two.line(/^ready$/);
  assert.equal(status()['sessions'], '2');
  const first = new Program(named('first'), ['send', '10']);
  const second = new Program(named('second'), ['send', '20', 'wait', 'send', '30']);
  await first.output();
  await second.line(/^waiting$/);
  const end = await finalOf(one);
  await one.output();
  assert.deepEqual([end.processes.map(({ pid }) => pid), end.total.total['sentBytes']], [[first.pid], 10]);
  assert.equal(isLoaded(), true);
  second.write('\n');
  await second.output();
  const last = await finalOf(two);
  await two.output();
  assert.deepEqual([last.processes.map(({ pid }) => pid), last.total.total['sentBytes']], [[second.pid], 50]);
  // The one that loaded it left while it was in use: the last one took it away.
  assert.equal(isLoaded(), false);
});

test('killing the process that monitors leaves nothing watched', async () => {
  await packageFolder();
  const user = await run('user.mjs', esModule('worker'));
  await user.line(/^ready$/);
  const worker = new Program(named('worker'), ['send', '1', 'wait', 'send', '2']);
  await worker.line(/^waiting$/);
  user.kill('SIGKILL');
  await user.result();
  await until('its session is gone', () => status()['sessions'] === '0');
  assert.deepEqual([status()['watches'], status()['records_running'], status()['records_ended']], ['0', '0', '0']);
  worker.write('\n');
  await worker.output();
});

test('a session on a loaded module leaves the module loaded and its other watches untouched', async () => {
  await load('--fname=kept');
  const user = await run('user.mjs', esModule('worker'));
  await user.line(/^ready$/);
  await new Program(named('kept'), ['send', '3']).output();
  await new Program(named('worker'), ['send', '4']).output();
  const { total } = await finalOf(user);
  await user.output();
  assert.equal(total.total['sentBytes'], 4);
  assert.deepEqual([isLoaded(), status()['watches'], status()['records_ended']], [true, '1', '1']);
});

test('importing the package loads no addon and never throws', async () => {
  await packageFolder();
  const user = await run(
    'user.mjs',
    "import { load, monitor } from 'lkm-traffic'; console.log(typeof load, typeof monitor, process.report.getReport().sharedObjects.filter((o) => o.endsWith('.node')).length);",
  );
  assert.equal(await user.output(), 'function function 0\n');
});
