// SPDX-License-Identifier: MIT
/** `lkm-traffic events` follows the module's trace events, and leaves no trace instance behind. */
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load as insmod, isLoaded } from './lib/module';
import { named } from './lib/named';
import { assertMessage, lkmTraffic, packageFolder, run } from './lib/package';
import { slowTest, test } from './lib/plan';
import { Program } from './lib/program';
import { counters, record } from './lib/proc';
import { Instance, tracefs } from './lib/trace';
import { until } from './lib/wait';

interface EventDocument {
  type: string;
  event: string;
  pid: number;
  bytes?: number;
  sentBytes?: number;
  count?: number;
}

const instances = (): string[] =>
  readdirSync(join(tracefs, 'instances')).filter((name) => name.startsWith('lkm-traffic-'));

/** Follows; what is executed after this is among the events. */
async function follow(...args: string[]): Promise<Program> {
  const cli = join(await packageFolder(), 'node_modules/.bin/lkm-traffic');
  const follower = new Program(cli, ['events', ...args]);
  await until('it follows', () => {
    if (follower.hasEnded) throw new Error(follower.stderr);
    return follower.stderr.includes('Following');
  });
  return follower;
}

const documents = (text: string): EventDocument[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as EventDocument);

const sum = (events: readonly EventDocument[], kind: string): string =>
  String(events.filter(({ event }) => event === kind).reduce((all, { bytes = 0 }) => all + bytes, 0));

async function work(name: string, ...steps: string[]): Promise<number> {
  const worker = new Program(named(name), steps);
  await worker.output();
  return worker.pid;
}

test('events shows every event of a program up to its exit, and they add up to its counters', async () => {
  await insmod({ fname: 'worker,other' });
  const follower = await follow('--json', '--name', 'worker', '--count', '6');
  await work('other', 'send', '7');
  const pid = await work('worker', 'send', '100', 'send', '23');
  const events = documents(await follower.output());
  assert.deepEqual(
    events.map(({ event, pid: of }) => [event, of]),
    ['exec', 'send', 'recv', 'send', 'recv', 'exit'].map((event) => [event, pid]),
  );
  const row = record(pid);
  assert.deepEqual([sum(events, 'send'), sum(events, 'recv')], [row['udp_tx_bytes'], row['udp_rx_bytes']]);
  assert.equal(events.at(-1)?.sentBytes, 123);
  assert.match(follower.stderr, /6 events, none lost\./);
  assert.deepEqual(instances(), []);
});

slowTest("events as text uses the kernel's filters, and Ctrl-C ends it with status 0", async () => {
  await insmod({ fname: 'worker' });
  const follower = await follow('--event', 'send', '--min-bytes', '100');
  const pid = await work('worker', 'send', '99', 'send', '100');
  await follower.line(
    new RegExp(`Z worker\\[${pid}\\] send 100 bytes udp 127\\.0\\.0\\.1:\\d+ -> 127\\.0\\.0\\.1:\\d+$`),
  );
  follower.kill('SIGINT');
  const { status, stdout, stderr } = await follower.result();
  assert.deepEqual([status, stdout.split('\n').length], [0, 2], stderr);
  assert.match(stderr, /1 event, none lost\./);
  assert.deepEqual(instances(), []);
});

slowTest('the trace instance of a killed follower is removed by the next one and does not block unload', async () => {
  await insmod({ fname: 'worker' });
  const follower = await follow('--json');
  const [left] = instances();
  follower.kill('SIGKILL');
  await follower.ended;
  assert.deepEqual(instances(), [left]);
  const next = await follow('--duration', '500ms');
  assert.equal(instances().includes(left ?? ''), false);
  await next.output();
  assert.deepEqual(instances(), []);

  const another = await follow();
  another.kill('SIGKILL');
  await another.ended;
  const { status, stderr } = await lkmTraffic('unload');
  assert.equal(status, 0, stderr);
  assert.deepEqual([isLoaded(), instances()], [false, []]);
});

slowTest('events counts and reports the events that a slow reader lost', async () => {
  await insmod({ fname: 'worker' });
  const follower = await follow('--json');
  follower.kill('SIGSTOP');
  writeFileSync(join(tracefs, 'instances', instances()[0] ?? '', 'buffer_size_kb'), '4');
  const steps = Array.from({ length: 200 }, () => ['send', '1']).flat();
  const pid = await work('worker', ...steps);
  follower.kill('SIGCONT');
  await follower.line(/"event":"exit"/);
  follower.kill('SIGINT');
  const events = documents(await follower.output());
  const lost = events.reduce((all, { event, count }) => all + (event === 'lost' ? (count ?? 0) : 0), 0);
  assert.ok(lost > 0, 'none was lost');
  assert.equal(events.filter(({ event, pid: of }) => event !== 'lost' && of === pid).length + lost, 402);
  assert.match(follower.stderr, new RegExp(`events, and ${lost} lost\\.`));
});

test('unload is refused while a trace instance has events on and names it; --force unloads, and followers report it', async () => {
  await insmod({ fname: 'worker' });
  const trace = new Instance('lkm-test');
  trace.enable('send');
  const refused = await lkmTraffic('unload');
  assert.equal(refused.status, 1);
  assertMessage(refused, /trace instance lkm-test \(send\).*\[ERR_IN_USE\][^]*unload --force/);
  await work('worker', 'send', '5');
  assert.equal(counters()[0]?.['udp_tx_bytes'], '5');

  const follower = await follow();
  assert.match(
    (await lkmTraffic('unload')).stderr,
    /and in the trace instance lkm-traffic-\d+ \(send, recv, exec, exit\)/,
  );
  const { status, stderr } = await lkmTraffic('unload', '--force');
  assert.equal(status, 0, stderr);
  const result = await follower.result();
  assert.equal(result.status, 1);
  assert.match(result.stderr, /ERR_NOT_LOADED/);
  assert.deepEqual([isLoaded(), instances()], [false, []]);
});

test('the API iterates over trace events until its signal aborts', async () => {
  await insmod({ fname: 'worker' });
  const script = await run(
    'events.mjs',
    `import { events } from 'lkm-traffic';
     const abort = new AbortController();
     const stream = await events({ events: ['send', 'exit'], signal: abort.signal });
     console.log('ready');
     const seen = [];
     try {
       for await (const event of stream) {
         seen.push([event.event, event.bytes ?? event.sentBytes]);
         if (event.event === 'exit') abort.abort(new Error('enough'));
       }
     } catch (error) {
       console.log(error.message, seen.flat().join(' '));
     }`,
  );
  await script.line(/^ready$/);
  await work('worker', 'send', '100', 'send', '23');
  assert.match(await script.output(), /^enough send 100 send 23 exit 123$/m);
  assert.deepEqual(instances(), []);
});
