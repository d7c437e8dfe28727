// SPDX-License-Identifier: MIT
/** Which processes are targets, under which name, and what their records say of them. */
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { program } from './lib/environment';
import { kernelLog } from './lib/kernel-log';
import { load } from './lib/module';
import { copied, folder, named, script } from './lib/named';
import { slowTest, test } from './lib/plan';
import { Program, execute, outputOf } from './lib/program';
import { counters, counts, countsOf, record, sumOf, theProgram } from './lib/proc';

/** What `send N` of steps.out moves. */
const sent = (...sizes: number[]) => {
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return counts({ udp_rx_bytes: bytes, udp_rx_msgs: sizes.length, udp_tx_bytes: bytes, udp_tx_msgs: sizes.length });
};
const steps = program('exec/steps.out');
const childOf = (output: string): number => Number(/^child (\d+)$/m.exec(output)?.[1]);

test('recognises a program by the last part of the executed path, also of a link', async () => {
  await load({ fname: 'worker' });
  const worker = new Program(named('worker'), ['send', '10']);
  await worker.output();
  await outputOf(steps, ['send', '10']);
  const [row, ...more] = counters();
  assert.deepEqual(more, []);
  assert.deepEqual(countsOf(row ?? {}), sent(10));
  assert.deepEqual(
    [row?.['pid'], row?.['program'], row?.['comm'], row?.['exe']],
    [String(worker.pid), 'worker', 'worker', steps],
  );
});

test('matches a name with a slash against the path of the opened file', async () => {
  const real = copied('worker');
  const link = join(folder(), 'link');
  symlinkSync(real, link);
  await load({ fname: real });
  await outputOf(link, ['send', '10']);
  await outputOf(copied('worker'), ['send', '20']);
  assert.deepEqual(counters().map(countsOf), [sent(10)]);
});

test('resolves a relative path before comparing it with a name that has a slash', async () => {
  const real = copied('worker');
  mkdirSync(join(dirname(real), 'below'));
  await load({ fname: real });
  await outputOf('./worker', ['send', '10'], { cwd: dirname(real) });
  await outputOf('../worker', ['send', '20'], { cwd: join(dirname(real), 'below') });
  assert.deepEqual(counters().map(countsOf), [sent(10), sent(20)]);
});

test('* and ? match as in a shell, and a longer name does not', async () => {
  await load({ fname: 'work*r,serv?r' });
  for (const name of ['worker', 'wor', 'workr', 'server', 'servr', 'serveer', 'xworker', 'workers']) {
    await outputOf(named(name), ['send', '1']);
  }
  assert.deepEqual(
    counters().map((row) => [row['comm'], row['program']]),
    [
      ['worker', 'work*r'],
      ['workr', 'work*r'],
      ['server', 'serv?r'],
    ],
  );
});

test('matches all of a name longer than the 15 characters of comm', async () => {
  const name = 'a-program-with-a-name-of-more-than-fifteen-characters';
  await load({ fname: name });
  await outputOf(named(name), ['send', '10']);
  await outputOf(named(`${name}-and-more`), ['send', '10']);
  await outputOf(named(name.slice(0, 15)), ['send', '10']);
  assert.deepEqual(
    counters().map((row) => [row['program'], row['comm']]),
    [[name, name.slice(0, 15)]],
  );
});

test('counts a #! script by its own name, with the traffic of its interpreter', async () => {
  await load({ fname: 'work.sh' });
  const path = script('work.sh', `#!/bin/sh\nexec ${steps} send 10\n`);
  const worker = new Program(path);
  await worker.output();
  const row = record(worker.pid);
  assert.deepEqual(countsOf(row), sent(10));
  assert.deepEqual([row['program'], row['exe'], counters().length], ['work.sh', steps, 1]);
});

test('matches a #! script by its path too', async () => {
  const path = script('work.sh', `#!/bin/sh\nexec ${steps} send 10\n`);
  await load({ fname: path });
  const worker = new Program(path);
  await worker.output();
  assert.deepEqual(countsOf(record(worker.pid)), sent(10));
});

test('does not count an interpreter that is watched for a script that it runs', async () => {
  await load({ fname: 'sh,dash' });
  await outputOf(script('work.sh', '#!/bin/sh\nexit 0\n'));
  assert.deepEqual(counters(), []);
});

test('counts a program run by fexecve by the name of the opened file', async () => {
  await load({ fname: 'worker' });
  const worker = new Program(steps, ['fexecve', copied('worker'), 'send', '10']);
  await worker.output();
  assert.deepEqual(countsOf(record(worker.pid)), sent(10));
});

test('counts a program in memory by the name that memfd_create gave it', async () => {
  await load({ fname: 'worker' });
  const worker = new Program(steps, ['memfd', 'worker', steps, 'send', '10']);
  await worker.output();
  assert.deepEqual(countsOf(record(worker.pid)), sent(10));
});

test('an exec by a thread other than the first makes the process a target under its PID', async () => {
  await load({ fname: 'worker' });
  const worker = new Program(steps, ['thread', named('worker'), 'send', '10']);
  await worker.output();
  const row = record(worker.pid);
  assert.deepEqual(countsOf(row), sent(10));
  assert.equal(row['since'], 'exec');
});

test('an exec by another thread of a target keeps its record', async () => {
  await load({ fname: 'worker' });
  const worker = new Program(named('worker'), ['send', '10', 'threads', '3', 'thread', steps, 'send', '20']);
  await worker.output();
  assert.deepEqual(countsOf(record(worker.pid)), sent(10, 1, 1, 1, 20));
});

test('a failed exec makes no target', async () => {
  await load({ fname: 'nothing,folder' });
  mkdirSync(join(folder(), 'folder'));
  await outputOf(steps, ['try', '/nowhere/nothing', 'try', join(folder(), 'nothing'), 'try', folder(), 'send', '10']);
  await outputOf(steps, ['try', script('nothing', '#!/nowhere/interpreter\n'), 'send', '10']);
  assert.deepEqual(counters(), []);
});

test('a target that executes another program keeps its record', async () => {
  await load({ fname: 'worker' });
  const worker = new Program(named('worker'), ['send', '10', 'execve', steps, 'send', '20']);
  await worker.output();
  const row = record(worker.pid);
  assert.deepEqual(countsOf(row), sent(10, 20));
  assert.deepEqual([row['program'], row['comm'], row['exe']], ['worker', 'steps.out', steps]);
  assert.deepEqual([theProgram('worker')['started'], theProgram('worker')['ended']], ['1', '1']);
});

test('a target that executes another watched program counts for that program too from then on', async () => {
  await load({ fname: 'worker,other' });
  const worker = new Program(named('worker'), ['send', '10', 'execve', named('other'), 'send', '20']);
  await worker.output();
  assert.deepEqual([countsOf(record(worker.pid)), record(worker.pid)['program']], [sent(10, 20), 'worker']);
  assert.deepEqual(countsOf(theProgram('worker')), sent(10, 20));
  assert.deepEqual(countsOf(theProgram('other')), sent(20));
  assert.deepEqual([theProgram('other')['started'], theProgram('other')['ended']], ['1', '1']);
});

test('counts children and grandchildren as processes of their own, with parent and root', async () => {
  await load({ fname: 'worker' });
  const worker = new Program(named('worker'), [
    'send',
    '10',
    'fork',
    'send',
    '20',
    'fork',
    'execve',
    steps,
    'send',
    '30',
    'exit',
    '5',
  ]);
  const output = await worker.output();
  const [child, grandchild] = [...output.matchAll(/^child (\d+)$/gm)].map((match) => Number(match[1]));
  const rows = [worker.pid, child ?? 0, grandchild ?? 0].map((pid) => record(pid));
  assert.deepEqual(rows.map(countsOf), [sent(10), sent(20), sent(30)]);
  const [first, second, third] = rows;
  assert.deepEqual(
    rows.map((row) => row['parent_id']),
    ['-', first?.['id'], second?.['id']],
  );
  assert.deepEqual(
    rows.map((row) => row['root_id']),
    rows.map(() => first?.['id']),
  );
  assert.deepEqual(
    rows.map((row) => row['root']),
    rows.map(() => String(worker.pid)),
  );
  assert.deepEqual(
    rows.map((row) => row['ppid']),
    [String(process.pid), String(worker.pid), String(child)],
  );
  assert.deepEqual(
    rows.map((row) => row['since']),
    ['exec', 'fork', 'fork'],
  );
  assert.deepEqual(
    rows.map((row) => row['program']),
    ['worker', 'worker', 'worker'],
  );
  assert.equal(third?.['exit_code'], String(5 << 8));
  const total = theProgram('worker');
  assert.deepEqual(countsOf(total), sumOf(rows));
  assert.deepEqual([total['started'], total['running'], total['ended']], ['3', '0', '3']);
});

test('does not count a child with follow=0', async () => {
  await load({ fname: 'worker', follow: 0 });
  const worker = new Program(named('worker'), ['send', '10', 'fork', 'send', '20']);
  await worker.output();
  assert.deepEqual(
    counters().map((row) => [row['pid'], countsOf(row)]),
    [[String(worker.pid), sent(10)]],
  );
});

test('counts a child that executes a watched program with follow=0 as a target of its own', async () => {
  await load({ fname: 'worker', follow: 0 });
  const worker = new Program(named('worker'), ['fork', 'send', '20', 'execve', named('worker'), 'send', '30']);
  const child = childOf(await worker.output());
  const row = record(child);
  assert.deepEqual([countsOf(row), row['since'], row['parent_id']], [sent(30), 'exec', '-']);
});

const ends = [
  { how: 'by itself with status 7', steps: ['exit', '7'], status: 7 << 8 },
  { how: 'by SIGKILL', steps: ['kill', '9'], status: 9 },
  { how: 'by SIGTERM', steps: ['kill', '15'], status: 15 },
] as const;
for (const end of ends) {
  test(`a process that ends ${end.how} keeps its counts and shows its wait status`, async () => {
    await load({ fname: 'worker' });
    const worker = new Program(named('worker'), ['send', '10', ...end.steps]);
    await worker.result();
    const row = record(worker.pid);
    assert.deepEqual([row['state'], row['exit_code'], countsOf(row)], ['exited', String(end.status), sent(10)]);
    assert.ok(BigInt(row['end_ns'] ?? '') >= BigInt(row['start_ns'] ?? ''));
  });
}

test('shows a running process with its traffic so far', async () => {
  await load({ fname: 'worker' });
  const before = BigInt(Date.now()) * 1_000_000n;
  const worker = new Program(named('worker'), ['send', '10', 'wait', 'send', '20', 'wait']);
  await worker.line(/^waiting$/);
  const running = record(worker.pid);
  assert.deepEqual(countsOf(running), sent(10));
  assert.deepEqual(
    [running['state'], running['end_ns'], running['end_seq'], running['exit_code'], running['uid']],
    ['running', '-', '-', '-', '0'],
  );
  assert.ok(BigInt(running['start_ns'] ?? '') >= before - 1_000_000n);
  worker.write('\n');
  await worker.line(/^waiting$/);
  assert.deepEqual(countsOf(record(worker.pid)), sent(10, 20));
  worker.kill('SIGKILL');
  await worker.result();
  assert.deepEqual(countsOf(record(worker.pid)), sent(10, 20));
});

test('shows the current uid of a process', async () => {
  await load({ fname: 'worker' });
  const target = copied('worker');
  await outputOf('chmod', ['-R', 'a+rX', dirname(target)]);
  await outputOf('setpriv', ['--reuid=65534', '--clear-groups', target, 'send', '10']);
  assert.deepEqual(
    counters().map((row) => [row['uid'], countsOf(row)]),
    [['65534', sent(10)]],
  );
});

test('counts several processes of one program separately, and together in programs', async () => {
  await load({ fname: 'worker' });
  const path = named('worker');
  const workers = [10, 20, 30].map((size) => ({ size, process: new Program(path, ['send', String(size)]) }));
  for (const { process: worker } of workers) await worker.output();
  for (const { size, process: worker } of workers) assert.deepEqual(countsOf(record(worker.pid)), sent(size));
  assert.deepEqual(countsOf(theProgram('worker')), sent(10, 20, 30));
  assert.equal(theProgram('worker')['started'], '3');
});

test('bystanders leave no trace', async () => {
  await load({ fname: 'worker', log_packets: 1 });
  const mark = kernelLog.mark();
  await outputOf(steps, ['send', '10', 'fork', 'send', '20']);
  assert.deepEqual(counters(), []);
  assert.deepEqual(countsOf(theProgram('worker')), sent());
  assert.deepEqual(kernelLog.module(mark), []);
});

const strange = 'a\nTraffic module: unloaded.\tb c\\d';
test('a name with newline, tab, space and backslash stays one field and forges no line of the log', async () => {
  const mark = kernelLog.mark();
  await load({ fname: 'a*' });
  const worker = new Program(named(strange), ['send', '10']);
  await worker.output();
  const row = record(worker.pid);
  assert.deepEqual([row['comm'], row['program']], [strange.slice(0, 15), 'a*']);
  assert.deepEqual(countsOf(row), sent(10));
  assert.deepEqual(
    kernelLog.since(mark).filter((line) => line.includes('unloaded')).length,
    1,
    'the exec line has the name in it, escaped',
  );
  assert.equal(kernelLog.module(mark).includes('unloaded.'), false);
  const dmesg = await outputOf('dmesg');
  assert.equal(/^(\[[^\]]*\] )?Traffic module: unloaded\.\t/m.test(dmesg), false);
});

test('counts a program called - under that name', async () => {
  await load({ fname: '-' });
  const worker = new Program(named('-'), ['send', '10']);
  await worker.output();
  const row = record(worker.pid);
  assert.deepEqual([row['program'], row['comm']], ['-', '-']);
  const raw = (await execute('cat', ['/proc/net_traffic/counters'])).stdout.split('\n')[2]?.split('\t') ?? [];
  assert.equal(raw.filter((field) => field === '\\055').length, 2);
});

async function countEach(processes: number): Promise<void> {
  await load({ fname: 'short', history: processes });
  const pids = (await outputOf(program('exec/launch.out'), [String(processes), copied('short', 'exec/short.out')]))
    .trim()
    .split('\n');
  assert.equal(pids.length, processes);
  const rows = counters();
  assert.equal(new Set(rows.map((row) => row['id'])).size, processes);
  assert.deepEqual(rows.map((row) => row['pid']).sort(), pids.sort());
  const bytes = Array.from({ length: processes }, (_, n) => n % 1000).reduce((sum, n) => sum + n, 0);
  const expected = counts({ udp_rx_bytes: bytes, udp_rx_msgs: processes, udp_tx_bytes: bytes, udp_tx_msgs: processes });
  assert.deepEqual(sumOf(rows), expected);
  const total = theProgram('short');
  assert.deepEqual(countsOf(total), expected);
  assert.deepEqual(
    [total['started'], total['running'], total['ended'], total['evicted'], total['missed']],
    [String(processes), '0', String(processes), '0', '0'],
  );
}

const promise = 'processes that live for a moment: none is missed and none doubled, and every byte is there';
test(`500 ${promise}`, () => countEach(500));
slowTest(`10,000 ${promise}`, () => countEach(10_000), 900);

test('shows each lasting record exactly once while the file is read during a storm of forks', async () => {
  await load({ fname: 'short,worker', history: 4096 });
  const stayers = Array.from({ length: 5 }, () => new Program(named('worker'), ['wait']));
  for (const stayer of stayers) await stayer.line(/^waiting$/);
  const storm = new Program(program('exec/launch.out'), ['300', copied('short', 'exec/short.out')]);
  let reads = 0;
  while (!storm.hasEnded) {
    const rows = counters();
    assert.equal(new Set(rows.map((row) => row['id'])).size, rows.length);
    for (const stayer of stayers) assert.equal(rows.filter((row) => row['pid'] === String(stayer.pid)).length, 1);
    reads++;
    await new Promise((done) => setImmediate(done));
  }
  await storm.output();
  assert.ok(reads > 3, `only ${reads} reads`);
});
