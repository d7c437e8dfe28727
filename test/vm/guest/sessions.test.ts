// SPDX-License-Identifier: MIT
/** Who watches what: descriptors of the control file, what they may ask for, and what becomes of it. */
import assert from 'node:assert/strict';
import { closeSync, openSync, readSync } from 'node:fs';
import { Control } from './lib/control';
import { program } from './lib/environment';
import { kernelLog } from './lib/kernel-log';
import { isLoaded, load, unload } from './lib/module';
import { copied, named } from './lib/named';
import { test } from './lib/plan';
import { Program, outputOf } from './lib/program';
import {
  counters,
  counts,
  countsOf,
  programs,
  readText,
  record,
  status,
  sumOf,
  theProgram,
  type Row,
} from './lib/proc';
import { until } from './lib/wait';

const sent = (...sizes: number[]): Row => {
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return counts({ udp_rx_bytes: bytes, udp_rx_msgs: sizes.length, udp_tx_bytes: bytes, udp_tx_msgs: sizes.length });
};

/** Runs a program under that name to its end; its pid. */
async function ran(name: string, ...steps: string[]): Promise<number> {
  const process = new Program(named(name), steps);
  await process.output();
  return process.pid;
}

/** One that waits for a line before each of its steps after the first. */
async function waiting(name: string, ...steps: string[]): Promise<Program> {
  const process = new Program(named(name), steps);
  await process.line(/^waiting$/);
  return process;
}

/** delete_module itself: rmmod would look at the reference count and never ask. */
async function deleteModule(): Promise<string> {
  const call = 'my $n = "net_traffic"; $! = 0; syscall(176, $n, 04000); print $!{EAGAIN} ? "EAGAIN" : $! + 0';
  return outputOf('perl', ['-MErrno', '-e', call]);
}

test('two sessions each see the processes of their own watches, by the owners column', async () => {
  await load({ fname: 'module-only,common' });
  const one = Control.session('watch first', 'watch common');
  const two = Control.session('watch second', 'watch common');
  const [first, second, common, mine] = [
    await ran('first', 'send', '1'),
    await ran('second', 'send', '2'),
    await ran('common', 'send', '3'),
    await ran('module-only'),
  ];
  assert.deepEqual([one.owner(), two.owner(), new Control().owner()], ['1', '2', '0']);
  const owners = [first, second, common, mine].map((pid) => record(pid)['owners']);
  assert.deepEqual(owners, ['1', '2', '0,1,2', '0']);
  assert.deepEqual(
    programs().map((row) => [row['name'], row['owner'], row['started'], row['udp_tx_bytes']]),
    [
      ['module-only', '0', '1', '0'],
      ['common', '0', '1', '3'],
      ['first', '1', '1', '1'],
      ['common', '1', '1', '3'],
      ['second', '2', '1', '2'],
      ['common', '2', '1', '3'],
    ],
  );
});

test('closing a session removes what only that session watched', async () => {
  await load({ idle: 1 });
  const one = Control.session('watch first', 'watch common');
  const two = Control.session('watch common');
  const first = await waiting('first', 'wait');
  const common = await waiting('common', 'send', '5', 'wait', 'send', '6');
  one.close();
  assert.deepEqual(
    programs().map((row) => [row['name'], row['owner']]),
    [['common', '2']],
  );
  assert.deepEqual(
    counters().map((row) => [row['pid'], row['owners']]),
    [[String(common.pid), '2']],
  );
  common.write('\n');
  await common.output();
  assert.deepEqual(countsOf(record(common.pid)), sent(5, 6));
  assert.equal(first.hasEnded, false);
  two.close();
  assert.deepEqual([counters(), programs(), status()['sessions']], [[], [], '0']);
});

test("a process that two sessions watch keeps its program and its children's when the first session ends", async () => {
  await load({ idle: 1 });
  const one = Control.session('watch follow=0 twice');
  const two = Control.session('watch twice');
  const parent = await waiting('twice', 'fork', 'wait');
  const seen = (): unknown => counters().map((row) => [row['owners'], row['program']]);
  assert.deepEqual(seen(), [
    ['1,2', 'twice'],
    ['2', 'twice'],
  ]);
  one.close();
  assert.deepEqual(seen(), [
    ['2', 'twice'],
    ['2', 'twice'],
  ]);
  parent.write('\n');
  await parent.output();
  two.close();
});

test('killing the holder of a session ends its watches and leaves the other session alone', async () => {
  await load({ idle: 1 });
  const other = Control.session('watch kept');
  const kept = await waiting('kept', 'send', '5', 'wait', 'send', '6', 'wait');
  const commands =
    'exec 3<>/proc/net_traffic/control; for c in session "watch lost" "watch kept"; do echo "$c" >&3 || exit; done';
  const holder = new Program('/bin/sh', ['-c', `${commands}; echo ready; read line`]);
  await holder.line(/^ready$/);
  const lost = await waiting('lost', 'send', '7', 'wait', 'send', '8');
  assert.deepEqual([record(lost.pid)['owners'], status()['sessions']], ['2', '2']);

  holder.kill('SIGKILL');
  await holder.result();
  await until('its session is gone', () => status()['sessions'] === '1');
  assert.deepEqual(counters(lost.pid), []);
  assert.deepEqual(
    programs().map((row) => [row['name'], row['owner']]),
    [['kept', '1']],
  );
  assert.equal((await ran('lost', 'send', '9')) > 0, true);
  assert.deepEqual(
    counters().map((row) => row['pid']),
    [String(kept.pid)],
  );
  lost.write('\n');
  await lost.output();

  kept.write('\n');
  await kept.line(/^waiting$/);
  assert.deepEqual(countsOf(record(kept.pid)), sent(5, 6));
  assert.equal(other.owner(), '1');
  other.close();
  await unload();
});

test('the module cannot be unloaded while a session is open, and can be as soon as the session is closed', async () => {
  await load({ idle: 1 });
  const session = Control.session('watch worker');
  assert.equal(await deleteModule(), 'EAGAIN');
  assert.equal(isLoaded(), true);
  await ran('worker', 'send', '1');
  assert.deepEqual(counters().map(countsOf), [sent(1)]);
  session.close();
  assert.equal(await deleteModule(), '0');
  assert.equal(isLoaded(), false);
});

test('a control descriptor without a session does not hold the module', async () => {
  await load({ idle: 1 });
  const control = new Control();
  assert.equal(control.command('watch worker'), 'ok');
  assert.equal(await deleteModule(), '0');
  assert.notEqual(control.command('watch other'), 'ok');
  control.close();
});

test('allows 63 sessions and no 64th until one ends', async () => {
  await load({ idle: 1 });
  const sessions = Array.from({ length: 63 }, () => Control.session());
  assert.deepEqual(new Set(sessions.map((session) => session.owner())).size, 63);
  const late = new Control();
  assert.equal(late.command('session'), 'ENOSPC');
  assert.equal(late.owner(), '0');
  sessions[10]?.close();
  assert.equal(late.command('session'), 'ok');
  assert.equal(late.owner(), '11');
  assert.equal(late.command('session'), 'EBUSY');
});

test('allows 256 watches and no 257th', async () => {
  await load({ fname: 'first' });
  const control = new Control();
  for (let n = 1; n < 256; n++) assert.equal(control.command(`watch name-${n}`), 'ok');
  assert.equal(control.command('watch one-more'), 'ENOSPC');
  assert.equal(control.command('watch name-7'), 'ok');
  assert.equal(control.command('unwatch name-7'), 'ok');
  assert.equal(control.command('watch one-more'), 'ok');
  assert.deepEqual([status()['watches'], programs().length], ['256', 256]);
});

const bad: [command: string, errno: string][] = [
  ['', 'EINVAL'],
  ['\n', 'EINVAL'],
  ['nonsense', 'EINVAL'],
  ['sessions', 'EINVAL'],
  ['session now', 'EINVAL'],
  ['Watch worker', 'EINVAL'],
  [' watch worker', 'EINVAL'],
  ['watch', 'EINVAL'],
  ['watch ', 'EINVAL'],
  ['watch follow=1', 'EINVAL'],
  ['watch follow=1 ', 'EINVAL'],
  ['watch follow=2 worker', 'EINVAL'],
  ['watch wor\0ker', 'EINVAL'],
  [`watch ${'n'.repeat(256)}`, 'E2BIG'],
  [`watch /${'n'.repeat(4095)}`, 'E2BIG'],
  [`watch ${'n'.repeat(10000)}`, 'E2BIG'],
  ['unwatch', 'EINVAL'],
  ['unwatch nobody', 'ENOENT'],
  ['attach', 'EINVAL'],
  ['attach me', 'EINVAL'],
  ['attach -1', 'EINVAL'],
  ['attach 1 2', 'EINVAL'],
  ['attach 99999999999', 'EINVAL'],
  ['attach 4194303', 'ESRCH'],
  ['attach 2', 'EINVAL'],
  ['detach', 'EINVAL'],
  ['detach 1', 'ESRCH'],
  ['detach 4194303', 'ESRCH'],
  ['children', 'EINVAL'],
  ['children maybe', 'EINVAL'],
  ['clear', 'EINVAL'],
  ['clear all', 'EINVAL'],
  ['clear -1', 'EINVAL'],
  ['clear 18446744073709551616', 'EINVAL'],
  ['stop now', 'EINVAL'],
];

test('a bad command returns its errno and changes nothing', async () => {
  await load({ fname: 'worker' });
  await ran('worker', 'send', '10');
  const session = Control.session('watch other');
  const everything = (): string[] => ['counters', 'programs', 'status'].map(readText);
  const before = everything();
  for (const control of [session, new Control()]) {
    for (const [command, errno] of bad) {
      assert.equal(control.command(command), errno, JSON.stringify(command.slice(0, 40)));
    }
  }
  assert.equal(new Control().command('children on'), 'EINVAL');
  assert.deepEqual(everything(), before);
  assert.equal(session.owner(), '1');
});

test('a command may end in one newline', async () => {
  await load({ idle: 1 });
  const control = new Control();
  assert.equal(control.command('watch worker\n'), 'ok');
  assert.deepEqual(
    programs().map((row) => row['name']),
    ['worker'],
  );
});

test('logs a program that the module watches later, and no program of a session', async () => {
  await load({ idle: 1 });
  const mark = kernelLog.mark();
  new Control().command('watch worker');
  Control.session('watch quiet');
  const pid = await ran('worker', 'send', '10');
  await ran('quiet', 'send', '20');
  assert.deepEqual(kernelLog.module(mark), [
    'program worker is monitored.',
    `program worker with PID = ${pid} executed.`,
    `process with PID = ${pid} exited.`,
    'received 10 bytes.',
    'sent      10 bytes.',
  ]);
});

test('what this thread starts between children on and off belongs to the session, with its children', async () => {
  await load({ idle: 1 });
  const session = Control.session();
  const before = await waiting('before', 'wait', 'send', '1');
  assert.equal(session.command('children on'), 'ok');
  const between = await waiting('between', 'send', '2', 'wait', 'fork', 'send', '4');
  assert.equal(session.command('children off'), 'ok');
  const after = await waiting('after', 'wait', 'send', '8');
  for (const process of [before, between, after]) process.write('\n');
  const child = Number(/^child (\d+)$/m.exec(await between.output())?.[1]);
  await Promise.all([before.output(), after.output()]);
  assert.deepEqual(
    counters().map((row) => [
      row['pid'],
      row['udp_tx_bytes'],
      row['since'],
      row['program'],
      row['owners'],
      row['exact'],
    ]),
    [
      [String(between.pid), '2', 'fork', '-', '1', '1'],
      [String(child), '4', 'fork', '-', '1', '1'],
    ],
  );
  assert.deepEqual(
    programs().map((row) => [row['name'], row['kind'], row['started'], row['udp_tx_bytes']]),
    [['-', 'children', '2', '6']],
  );
});

test('children on does not take the children of other threads or processes', async () => {
  await load({ idle: 1 });
  const commands =
    'exec 3<>/proc/net_traffic/control; echo session >&3; echo "children on" >&3; echo ready; read line; /bin/true; exit 0';
  const holder = new Program('/bin/sh', ['-c', commands]);
  await holder.line(/^ready$/);
  await ran('worker', 'send', '1');
  assert.deepEqual(counters(), []);
  holder.write('\n');
  await holder.output();
  // The session ended with its holder: so did its records.
  assert.deepEqual(counters(), []);
});

test('clear forgets ended records up to a sequence number for the owner that asks, and no totals', async () => {
  await load({ fname: 'worker' });
  const session = Control.session('watch worker');
  const running = await waiting('worker', 'wait');
  const ended = [await ran('worker', 'send', '1'), await ran('worker', 'send', '2'), await ran('worker', 'send', '4')];
  const sequence = ended.map((pid) => BigInt(record(pid)['end_seq'] ?? ''));
  assert.ok(sequence.every((number, n) => n === 0 || number > (sequence[n - 1] ?? 0n)));
  assert.equal(session.command(`clear ${sequence[1]}`), 'ok');
  assert.deepEqual(
    ended.map((pid) => record(pid)['owners']),
    ['0', '0', '0,1'],
  );
  assert.equal(new Control().command(`clear ${sequence[1]}`), 'ok');
  assert.deepEqual(
    counters().map((row) => row['pid']),
    [String(running.pid), String(ended[2])],
  );
  assert.equal(session.command('clear 18446744073709551615'), 'ok');
  assert.deepEqual(
    counters().map((row) => row['owners']),
    ['0,1', '0'],
  );
  for (const row of programs('worker')) {
    assert.deepEqual([row['started'], row['running'], row['ended'], countsOf(row)], ['4', '1', '3', sent(1, 2, 4)]);
  }
});

test("evicts the oldest ended records beyond history, and keeps them in their program's totals", async () => {
  await load({ fname: 'worker', history: 4 });
  const pids: number[] = [];
  for (let n = 1; n <= 10; n++) pids.push(await ran('worker', 'send', String(n)));
  assert.deepEqual(
    counters().map((row) => row['pid']),
    pids.slice(6).map(String),
  );
  assert.deepEqual(
    counters().map(countsOf),
    [7, 8, 9, 10].map((n) => sent(n)),
  );
  const total = theProgram('worker');
  assert.deepEqual(countsOf(total), sent(...Array.from({ length: 10 }, (_, n) => n + 1)));
  assert.deepEqual([total['started'], total['ended'], total['evicted']], ['10', '10', '6']);
  assert.deepEqual([status()['evicted'], status()['records_ended']], ['6', '4']);
});

test('unwatch matches no new process and counts the running ones to their end', async () => {
  await load({ fname: 'worker' });
  const running = await waiting('worker', 'send', '1', 'wait', 'send', '2');
  const control = new Control();
  assert.equal(control.command('unwatch worker'), 'ok');
  assert.equal(control.command('unwatch worker'), 'ENOENT');
  await ran('worker', 'send', '50');
  running.write('\n');
  await running.output();
  assert.deepEqual(
    counters().map((row) => [row['pid'], countsOf(row)]),
    [[String(running.pid), sent(1, 2)]],
  );
  assert.equal(control.command('watch worker'), 'ok');
  const again = await ran('worker', 'send', '3');
  assert.deepEqual(countsOf(record(again)), sent(3));
});

test('watch follow=0 of a session leaves children out; watching again with follow=1 takes them in', async () => {
  await load({ idle: 1 });
  const session = Control.session('watch follow=0 worker');
  await ran('worker', 'fork', 'send', '1');
  assert.deepEqual([counters().length, theProgram('worker')['follow']], [1, '0']);
  assert.equal(session.command('watch follow=1 worker'), 'ok');
  await ran('worker', 'fork', 'send', '2');
  assert.deepEqual(
    [counters().length, theProgram('worker')['follow'], theProgram('worker')['udp_tx_bytes']],
    [3, '1', '2'],
  );
});

test('attach counts a running process from then on and detach stops that, for each owner separately', async () => {
  await load({ idle: 1 });
  const one = Control.session();
  const two = Control.session();
  const worker = await waiting('worker', 'send', '1', 'wait', 'send', '2', 'wait', 'send', '4', 'wait', 'send', '8');
  const goOn = async (): Promise<void> => {
    worker.write('\n');
    await worker.line(/^waiting$/);
  };
  const seen = (): [string, string, Row][] =>
    counters(worker.pid).map((row) => [row['owners'] ?? '', row['state'] ?? '', countsOf(row)]);
  assert.equal(one.command(`attach ${worker.pid}`), 'ok');
  assert.equal(one.command(`attach ${worker.pid}`), 'EEXIST');
  assert.equal(two.command(`detach ${worker.pid}`), 'ESRCH');
  await goOn();
  assert.equal(two.command(`attach ${worker.pid}`), 'ok');
  assert.deepEqual(seen(), [
    ['1', 'running', sent(2)],
    ['2', 'running', sent()],
  ]);
  assert.equal(one.command(`detach ${worker.pid}`), 'ok');
  await goOn();
  assert.deepEqual(seen(), [
    ['1', 'detached', sent(2)],
    ['2', 'running', sent(4)],
  ]);
  assert.equal(two.command(`detach ${worker.pid}`), 'ok');
  worker.write('\n');
  await worker.output();
  assert.deepEqual(seen(), [
    ['1', 'detached', sent(2)],
    ['2', 'detached', sent(4)],
  ]);
  for (const row of counters()) {
    assert.deepEqual(
      [row['exit_code'], row['since'], row['exact'], row['reasons'], row['program']],
      ['-', 'attach', '0', 'attached', '-'],
    );
  }
});

test('attach follow=0 leaves the children out', async () => {
  await load({ idle: 1 });
  const session = Control.session();
  const worker = await waiting('worker', 'wait', 'fork', 'send', '1');
  assert.equal(session.command(`attach follow=0 ${worker.pid}`), 'ok');
  worker.write('\n');
  await worker.output();
  assert.deepEqual(
    counters().map((row) => row['pid']),
    [String(worker.pid)],
  );
});

test('a session that matches an already counted process sees it from then on, and not before', async () => {
  await load({ fname: 'worker' });
  const session = Control.session('watch other');
  const worker = new Program(named('worker'), ['send', '10', 'execve', named('other'), 'send', '20']);
  await worker.output();
  assert.deepEqual(
    counters(worker.pid).map((row) => [row['owners'], row['program'], countsOf(row)]),
    [
      ['0', 'worker', sent(10, 20)],
      ['1', 'other', sent(20)],
    ],
  );
  assert.deepEqual(
    programs().map((row) => [row['name'], countsOf(row)]),
    [
      ['worker', sent(10, 20)],
      ['other', sent(20)],
    ],
  );
  session.close();
  assert.deepEqual(
    counters().map((row) => [row['owners'], countsOf(row)]),
    [['0', sent(10, 20)]],
  );
});

test('the numbers of programs never decrease when processes end, are cleared or are evicted', async () => {
  await load({ fname: 'short', history: 8 });
  const control = new Control();
  const storm = new Program(program('exec/launch.out'), ['300', copied('short', 'exec/short.out')]);
  const growing = ['started', 'ended', 'evicted', 'udp_rx_bytes', 'udp_rx_msgs', 'udp_tx_bytes', 'udp_tx_msgs'];
  let last = growing.map(() => 0n);
  let samples = 0;
  while (!storm.hasEnded) {
    const row = theProgram('short');
    const now = growing.map((name) => BigInt(row[name] ?? ''));
    for (const [n, value] of now.entries())
      assert.ok(value >= (last[n] ?? 0n), `${growing[n]}: ${value} after ${last[n]}`);
    last = now;
    if (samples++ % 3 === 0) control.command('clear 18446744073709551615');
    await new Promise((done) => setTimeout(done, 5));
  }
  await storm.output();
  const bytes = Array.from({ length: 300 }, (_, n) => n).reduce((sum, n) => sum + n, 0);
  assert.deepEqual(
    countsOf(theProgram('short')),
    counts({ udp_rx_bytes: bytes, udp_rx_msgs: 300, udp_tx_bytes: bytes, udp_tx_msgs: 300 }),
  );
  assert.deepEqual([theProgram('short')['started'], theProgram('short')['ended']], ['300', '300']);
  assert.ok(samples > 5);
});

test('reading a byte at a time, from any offset, or all at once returns the same text', async () => {
  await load({ fname: 'worker' });
  for (let n = 0; n < 12; n++) await ran('worker', 'send', String(n));
  for (const file of ['counters', 'flows', 'programs', 'status']) {
    const whole = readText(file);
    const fd = openSync(`/proc/net_traffic/${file}`, 'r');
    const byte = Buffer.alloc(1);
    let text = '';
    while (readSync(fd, byte) === 1) text += byte.toString('latin1');
    assert.equal(text, whole, file);
    const piece = Buffer.alloc(50);
    for (let at = 0; at < whole.length; at += 211) {
      const size = readSync(fd, piece, 0, piece.length, at);
      assert.equal(piece.toString('latin1', 0, size), whole.slice(at, at + size), `${file} from ${at}`);
      assert.ok(size > 0);
    }
    closeSync(fd);
  }
  assert.equal(sumOf(counters())['udp_tx_bytes'], '66');
});

test('status counts the records, watches and sessions that exist', async () => {
  await load({ fname: 'worker', history: 9 });
  const session = Control.session('watch other');
  const running = await waiting('worker', 'wait');
  await ran('worker');
  const row = status();
  const shown = [
    'abi',
    'families',
    'state',
    'history',
    'follow',
    'log_packets',
    'records_running',
    'records_ended',
    'evicted',
    'alloc_failed',
    'sessions',
    'watches',
  ];
  assert.deepEqual(
    shown.map((key) => row[key]),
    ['1', 'inet', 'counting', '9', '1', '0', '1', '1', '0', '0', '1', '2'],
  );
  const hooks = Object.entries(row).filter(([key]) => key.startsWith('hook.'));
  assert.ok(hooks.length > 3);
  assert.deepEqual(
    hooks.filter(([, value]) => value !== 'attached' && value !== 'absent'),
    [],
  );
  running.kill('SIGKILL');
  session.close();
});
