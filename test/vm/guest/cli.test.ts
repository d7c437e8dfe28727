// SPDX-License-Identifier: MIT
/** The command, installed from the packed tarball. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import { engine, forcedEngine } from './lib/environment';
import { kernelLog } from './lib/kernel-log';
import { isLoaded, load as insmod } from './lib/module';
import { named } from './lib/named';
import { engineOption, load, lkmTraffic, outputOfLkmTraffic, packageFolder, run, spawnLkmTraffic } from './lib/package';
import { slowTest, test } from './lib/plan';
import { Program, outputOf } from './lib/program';
import { record, theProgram } from './lib/proc';
import { runScenario, sendRecv, sendtoRecvfrom } from './lib/scenario';

interface Counters {
  receivedBytes: number;
  receivedMessages: number;
  sentBytes: number;
  sentMessages: number;
}
interface Snapshot {
  schema: string;
  type: string;
  engine: string;
  total: { total: Counters; tcp: Counters };
  processes: {
    pid: number;
    state: string;
    exitCode: number | null;
    program: string;
    traffic: { tcp: Counters; total: Counters };
  }[];
  programs: { name: string; traffic: { total: Counters } }[];
}

const schema = async (): Promise<object> =>
  JSON.parse(
    readFileSync(join(await packageFolder(), 'node_modules/lkm-traffic/schema/lkm-traffic-1.schema.json'), 'utf8'),
  ) as object;

/** Compiled once, which takes seconds under emulation. */
let compiled: ValidateFunction | undefined;

/** Each document is one of the schema's, or the test fails with what is wrong. */
async function assertValid(documents: readonly unknown[]): Promise<void> {
  const validate = (compiled ??= new Ajv2020({ strict: false, allErrors: false }).compile(await schema()));
  for (const document of documents) assert.ok(validate(document), JSON.stringify(validate.errors, null, 1));
}

slowTest('npx finds the installed command', async () => {
  const cwd = await packageFolder();
  assert.match(await outputOf('npx', ['lkm-traffic', '--version'], { cwd }), /^\d+\.\d+\.\d+\n$/);
});

test('load, show --json and unload in a fresh folder count 175/175, like /proc, the log and the API', async () => {
  const mark = kernelLog.mark();
  const command = async (...args: string[]): Promise<string> => {
    const { status, stdout, stderr } = await spawnLkmTraffic(...args);
    assert.equal(status, 0, stderr);
    return stdout;
  };
  await command('load', '--fname=server.out', ...engineOption);
  const pid = await runScenario(sendRecv);
  const shown = JSON.parse(await command('show', '--json')) as Snapshot;
  const wanted = { receivedBytes: 175, receivedMessages: 5, sentBytes: 175, sentMessages: 5 };
  assert.deepEqual([shown.schema, shown.type, shown.engine], ['lkm-traffic/1', 'snapshot', engine]);
  assert.deepEqual([shown.total.total, shown.total.tcp], [wanted, wanted]);
  assert.deepEqual(
    shown.processes.map((process) => [
      process.pid,
      process.state,
      process.exitCode,
      process.program,
      process.traffic.tcp,
    ]),
    [[pid, 'exited', 0, 'server.out', wanted]],
  );
  assert.deepEqual(
    shown.programs.map(({ name, traffic }) => [name, traffic.total]),
    [['server.out', wanted]],
  );
  await assertValid([shown]);

  const row = record(pid);
  assert.deepEqual(
    [row['tcp_rx_bytes'], row['tcp_tx_bytes'], row['tcp_rx_msgs'], row['tcp_tx_msgs']],
    ['175', '175', '5', '5'],
  );
  const api = await run(
    'api.cjs',
    "const { snapshot, toJson } = require('lkm-traffic'); snapshot().then((s) => console.log(toJson(s)));",
  );
  const { total } = JSON.parse(await api.output()) as Snapshot;
  assert.deepEqual(total, shown.total);

  const final = await command('unload');
  assert.match(final, /Total +175 bytes received, 175 bytes sent|175[^]*175/);
  assert.equal(isLoaded(), false);
  assert.deepEqual(kernelLog.module(mark).slice(-3), ['received 175 bytes.', 'sent      175 bytes.', 'unloaded.']);
});

test('build finds the module that was built before for this kernel from this source', async () => {
  await packageFolder();
  const { status, stdout, stderr } = await lkmTraffic('build');
  assert.deepEqual([status, stderr], [0, 'Already built:\n']);
  assert.match(stdout, /^\/var\/cache\/lkm-traffic\/[^/]+\/net_traffic\.ko\n$/);
});

test('show counts 105/105 bytes of recvfrom and sendto under udp', async () => {
  await load('--fname', 'server.out');
  await runScenario(sendtoRecvfrom);
  const { total } = JSON.parse(await outputOfLkmTraffic('show', '--json')) as { total: Record<string, Counters> };
  const wanted = { receivedBytes: 105, receivedMessages: 3, sentBytes: 105, sentMessages: 3 };
  assert.deepEqual([total['total'], total['udp']], [wanted, wanted]);
});

/** The outputs of several commands at once. */
const all = (...commands: string[][]): Promise<string[]> =>
  Promise.all(commands.map((args) => outputOfLkmTraffic(...args)));

/** RFC 4180, as far as our own output needs it. */
function parseCsv(text: string): string[][] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => [...line.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^,]*)/g)].map((match) => match[1] ?? ''));
}

test('every format of every command parses, and every JSON document follows the schema', async () => {
  const name = 'a "strange"; name';
  const loaded = await load('--json', '--fname', 'server.out', '--fname', name);
  await outputOf(named(name), ['send', '10', 'fork', 'exit', '3']);
  const running = new Program(named('server.out'), ['send', '20', 'wait']);
  await running.line(/^waiting$/);

  const [flows, flowLines, flowCsv, flowProm, flowTable] = await all(
    ['show', '--flows', '--json'],
    ['show', '--flows', '--format', 'ndjson'],
    ['show', '--flows', '--format', 'csv'],
    ['show', '--flows', '--format', 'prom'],
    ['show', '--flows'],
  );
  const [show, showLines, showCsv, showProm, showTable, status, statusLines, statusCsv, statusProm, built] = await all(
    ['show', '--json'],
    ['show', '--format', 'ndjson'],
    ['show', '--format', 'csv'],
    ['show', '--format', 'prom'],
    ['show'],
    ['status', '--json'],
    ['status', '--format', 'ndjson'],
    ['status', '--format', 'csv'],
    ['status', '--format', 'prom'],
    ['build', '--json'],
  );
  const final = await outputOfLkmTraffic('unload', '--json');
  const lines = [showLines, flowLines, statusLines].flatMap((text = '') => text.trimEnd().split('\n'));
  await assertValid(
    [loaded, show, flows, status, built, final, ...lines].map((text = '') => JSON.parse(text) as unknown),
  );
  assert.ok(lines.length >= 5);

  for (const text of [showCsv, flowCsv, statusCsv]) {
    const csv = parseCsv(text ?? '');
    assert.ok(csv.length >= 3 && csv.every((row) => row.length === csv[0]?.length), text);
  }
  const sample = /^[a-z_]+(?:\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*\})? \d+$/;
  const comment = /^# (?:HELP [a-z_]+ \S.*|TYPE [a-z_]+ (?:counter|gauge))$/;
  for (const text of [showProm ?? '', flowProm ?? '', statusProm ?? '']) {
    const wrong = text
      .split('\n')
      .slice(0, -1)
      .filter((line) => !sample.test(line) && !comment.test(line));
    assert.deepEqual(wrong, []);
  }
  const bytes = /^lkm_traffic_bytes_total\{(?=[^}]*program="server\.out")(?=[^}]*transport="udp")[^}]*\} 20$/gm;
  assert.equal(showProm?.match(bytes)?.length, 2);
  assert.match(showTable ?? '', /server\.out/);
  assert.match(flowTable ?? '', /^loopback +30 +2 +30 +2$/m);
  const { byScope, flows: moved } = JSON.parse(flows ?? '') as {
    byScope: { scope: string | null; counters: Counters }[];
    flows: { totals: { counters: Counters }[] }[];
  };
  const loopback = byScope.find(({ scope }) => scope === 'loopback');
  assert.deepEqual([loopback?.counters.sentBytes, loopback?.counters.receivedBytes], [30, 30]);
  assert.equal(
    moved.flatMap(({ totals }) => totals).reduce((sum, { counters }) => sum + counters.sentBytes, 0),
    30,
  );
  assert.equal(showTable?.includes('\u001b'), false);
  const { total } = JSON.parse(final) as Snapshot;
  assert.deepEqual([total.total.sentBytes, total.total.receivedBytes], [30, 30]);
  running.kill('SIGKILL');
});

test('show takes names and PIDs, and reports those that do not exist', async () => {
  await insmod({ fname: 'one,two' });
  const [one, two] = [new Program(named('one'), ['send', '1']), new Program(named('two'), ['send', '2'])];
  await Promise.all([one.output(), two.output()]);
  const shown = async (...who: string[]): Promise<number[]> =>
    (JSON.parse(await outputOfLkmTraffic('show', '--json', ...who)) as Snapshot).processes.map(({ pid }) => pid);
  await packageFolder();
  const [byName, byPid, none] = await Promise.all([shown('two'), shown(String(one.pid)), lkmTraffic('show', 'three')]);
  assert.deepEqual([byName, byPid], [[two.pid], [one.pid]]);
  const { status, stderr } = none;
  assert.equal(status, 1);
  assert.match(stderr, /three/);
});

test('a second load adds its names, and for a program that already runs shows the command that counts it', async () => {
  const early = new Program(named('early'), ['send', '1', 'wait', 'send', '2', 'wait']);
  await early.line(/^waiting$/);
  await insmod({ fname: 'first' });
  const { status, stdout, stderr } = await lkmTraffic('load', '--fname=early');
  assert.equal(status, 0, stderr);
  assert.match(stdout, /already loaded\. Watching program early/);
  assert.match(
    stderr,
    new RegExp(`early already runs with PID ${early.pid} .*\\n {2}lkm-traffic load --pid ${early.pid}\\n`),
  );
  assert.equal(theProgram('early')['started'], '0');
  await outputOfLkmTraffic('load', '--pid', String(early.pid));
  early.write('\n');
  await early.line(/^waiting$/);
  assert.deepEqual([record(early.pid)['udp_tx_bytes'], record(early.pid)['exact']], ['2', '0']);
});

test('passes the options of load to the module as parameters', async () => {
  await load('--fname=worker', '--no-follow', '--log-packets', '--history=7');
  const value = (name: string): string => readFileSync(`/sys/module/net_traffic/parameters/${name}`, 'latin1').trim();
  assert.deepEqual(['fname', 'follow', 'log_packets', 'history', 'engine'].map(value), [
    'worker',
    'N',
    'Y',
    '7',
    forcedEngine ?? engine,
  ]);
});

test('status is healthy and lists what is watched', async () => {
  await insmod({ fname: 'worker' });
  await packageFolder();
  const [table = '', json = ''] = await all(['status'], ['status', '--json']);
  assert.match(table, /worker.*never executed/i);
  const document = JSON.parse(json) as { healthy: boolean; loaded: boolean };
  assert.deepEqual([document.healthy, document.loaded], [true, true]);
});

test('a reader that closes the pipe early causes no error', async () => {
  await insmod({ fname: 'worker' });
  const bin = join(await packageFolder(), 'node_modules/.bin/lkm-traffic');
  const { stdout, stderr, status } = await new Program('/bin/bash', [
    '--norc',
    '-o',
    'pipefail',
    '-c',
    `${bin} show --json | head -c 1`,
  ]).result();
  assert.deepEqual([stdout, stderr], ['{', '']);
  assert.ok(status === 0 || status === 141, String(status));
});
