// SPDX-License-Identifier: MIT
/** The life of processes: how they begin and end, and what is attached in the middle of it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { Control } from './lib/control';
import { engine } from './lib/environment';
import { load } from './lib/module';
import { named } from './lib/named';
import { test } from './lib/plan';
import { Program, outputOf } from './lib/program';
import { counters, counts, countsOf, record, sumOf, theProgram } from './lib/proc';
import { until } from './lib/wait';

/** What `send N` of steps.out moves. */
const sent = (...sizes: number[]) => {
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return counts({ udp_rx_bytes: bytes, udp_rx_msgs: sizes.length, udp_tx_bytes: bytes, udp_tx_msgs: sizes.length });
};

test('recognises a program that was found along PATH by its name', async () => {
  await load({ fname: 'worker' });
  const worker = new Program('worker', ['send', '10'], { env: { PATH: `/nowhere:${dirname(named('worker'))}` } });
  await worker.output();
  assert.deepEqual(countsOf(record(worker.pid)), sent(10));
});

test('matches only the watched one of two names that share the 15 characters of comm', async () => {
  await load({ fname: 'fifteen-letters-one' });
  await outputOf(named('fifteen-letters-two'), ['send', '10']);
  await outputOf(named('fifteen-letters-one'), ['send', '20']);
  assert.deepEqual(counters().map(countsOf), [sent(20)]);
});

test('counts a daemon that forks twice to its end, under the root process that started it', async () => {
  await load({ fname: 'worker' });
  const worker = new Program(named('worker'), ['send', '1', 'leave', 'send', '20', 'leave', 'send', '300']);
  const output = await worker.output();
  const [middle = 0, daemon = 0] = [...output.matchAll(/^child (\d+)$/gm)].map(([, pid]) => Number(pid));
  const rows = [worker.pid, middle, daemon].map(record);
  assert.deepEqual(rows.map(countsOf), [sent(1), sent(20), sent(300)]);
  // Parents that are gone stay the parents.
  assert.deepEqual(
    rows.map((row) => [row['parent_id'], row['root_id'], row['state'], row['program']]),
    [
      ['-', rows[0]?.['id'], 'exited', 'worker'],
      [rows[0]?.['id'], rows[0]?.['id'], 'exited', 'worker'],
      [rows[1]?.['id'], rows[0]?.['id'], 'exited', 'worker'],
    ],
  );
});

test('treats a reused PID as another process with its own counts', async () => {
  await load({ fname: 'worker' });
  const worker = named('worker');
  const first = new Program(worker, ['send', '10']);
  await first.output();
  const again = await until('the pid comes again', async () => {
    writeFileSync('/proc/sys/kernel/ns_last_pid', String(first.pid - 1));
    const next = new Program(worker, ['send', '200']);
    await next.output();
    return next.pid === first.pid ? next : undefined;
  });
  const rows = counters(again.pid);
  assert.deepEqual(rows.map(countsOf), [sent(10), sent(200)]);
  assert.notEqual(rows[0]?.['id'], rows[1]?.['id']);
});

test('shows PIDs of the initial namespace, also for a process in a PID namespace of its own', async () => {
  await load({ fname: 'worker' });
  const inside = new Program('unshare', ['--pid', '--fork', named('worker'), 'send', '10', 'wait']);
  await inside.line(/^waiting$/);
  const [row, ...more] = counters();
  assert.deepEqual(more, []);
  assert.deepEqual(countsOf(row ?? {}), sent(10));
  const status = readFileSync(`/proc/${row?.['pid']}/status`, 'latin1');
  assert.match(status, new RegExp(`^NSpid:\\t${row?.['pid']}\\t1$`, 'm'));
  inside.write('\n');
  await inside.output();
});

const THREADS = 5;

/** A server with threads that are blocked in recv, and the peers that can end that. */
async function blocked(name: string): Promise<{ server: Program; peers: Socket[] }> {
  const server = new Program(named(name, 'blocked/threads_server.out'), [String(THREADS)]);
  const [, port = ''] = await server.line(/^port (\d+)$/);
  const peers: Socket[] = [];
  for (let n = 0; n < THREADS; n++) {
    const peer = connect(Number(port), '127.0.0.1');
    await new Promise((done) => peer.once('connect', done));
    peers.push(peer);
  }
  // All in recv: sleeping there, in as many threads as there are.
  await until('all threads wait', () => {
    const tasks = readTasks(server.pid);
    return tasks.length === THREADS + 1 && tasks.filter((call) => call === RECVFROM).length === THREADS;
  });
  return { server, peers };
}

const RECVFROM = '45';

/** The system call that each thread of a process is in. */
function readTasks(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(
      (thread) => readFileSync(`/proc/${pid}/task/${thread}/syscall`, 'latin1').split(' ')[0] ?? '',
    );
  } catch {
    return [];
  }
}

async function release({ server, peers }: { server: Program; peers: Socket[] }): Promise<void> {
  for (const peer of peers) peer.end('x'.repeat(90));
  assert.equal((await server.output()).match(/^recv 90 /gm)?.length, THREADS);
}

/** The tracepoint sees a call when it ends, the redirection when it begins. */
const ofCallsUnderWay =
  engine === 'tracepoint' ? counts({ tcp_rx_bytes: THREADS * 90, tcp_rx_msgs: THREADS }) : counts({});

for (const how of ['attach', 'pid=']) {
  test(`${how} of a process whose threads are in the middle of a call is a lower bound, and says so`, async () => {
    if (how === 'attach') await load({ idle: 1 });
    const both = await blocked('server');
    if (how === 'attach') assert.equal(new Control().command(`attach ${both.server.pid}`), 'ok');
    else await load({ pid: both.server.pid });
    await release(both);
    const row = record(both.server.pid);
    assert.deepEqual(countsOf(row), ofCallsUnderWay);
    assert.deepEqual([row['exact'], row['reasons'], row['since']], ['0', 'attached', 'attach']);
  });
}

test('detach of a process whose threads are in a call counts nothing of that call', async () => {
  await load({ fname: 'server' });
  const both = await blocked('server');
  assert.equal(new Control().command(`detach ${both.server.pid}`), 'ok');
  await release(both);
  const row = record(both.server.pid);
  assert.deepEqual([countsOf(row), row['state']], [counts({}), 'detached']);
  assert.deepEqual(countsOf(theProgram('server')), sumOf([row]));
});
