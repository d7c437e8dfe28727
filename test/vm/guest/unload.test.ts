// SPDX-License-Identifier: MIT
/**
 * Taking the module away under a blocked call. By tracepoint nothing of ours is on the sleeping stack; a redirected
 * call has to be woken, and what a program can see of that is exactly what is written here.
 */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { atEnd } from './lib/cleanup';
import { Control } from './lib/control';
import { engine, program } from './lib/environment';
import { kernelLog } from './lib/kernel-log';
import { isLoaded, load, rmmod, unload } from './lib/module';
import { test } from './lib/plan';
import { Program } from './lib/program';
import { named } from './lib/named';
import { counters, counts, countsOf, record, status, theProgram } from './lib/proc';
import { promptly, until } from './lib/wait';

const redirect = engine === 'redirect';

/** x86-64's numbers of the calls that block here. */
const calls = { read: 0, sendto: 44, recvfrom: 45, splice: 275, recvmmsg: 299 };

/** Waits until that many threads of a process sleep in a system call. */
async function blocked(pid: number, call: keyof typeof calls, threads = 1): Promise<void> {
  await until(`${threads} threads of ${pid} blocked in ${call}`, () => {
    const inside = readdirSync(`/proc/${pid}/task`).filter((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/syscall`, 'latin1').startsWith(`${calls[call]} `),
    );
    return inside.length === threads;
  });
}

interface Peer {
  send(bytes: number): Promise<void>;
  /** Reads on to the end; how much it was in all. */
  readAll(): Promise<number>;
}

/** The other end, in this process, which nobody monitors. */
async function connectTo(port: number): Promise<Peer> {
  const socket: Socket = connect(port, '127.0.0.1');
  atEnd(() => {
    socket.destroy();
  });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return {
    send: (bytes) =>
      new Promise((done) =>
        socket.write(Buffer.alloc(bytes), () => {
          done();
        }),
      ),
    readAll: async () => {
      let size = 0;
      for await (const chunk of socket as AsyncIterable<Buffer>) size += chunk.length;
      return size;
    },
  };
}

function datagramsTo(port: number): Peer {
  const socket = createSocket('udp4');
  atEnd(() => {
    socket.close();
  });
  return {
    send: (bytes) =>
      new Promise((done) => {
        socket.send(Buffer.alloc(bytes), port, '127.0.0.1', () => {
          done();
        });
      }),
    readAll: () => Promise.reject(new Error('datagrams have no end')),
  };
}

interface Kind {
  call: keyof typeof calls;
  /** What the peer sends before the module goes, and after. */
  before: number[];
  after: number[];
  /** What the program's calls return, undisturbed and when a redirected one was woken. */
  plain: string[];
  woken: string[];
  /** The redirected call is woken with a line in the log, since the program may see it. */
  visible: boolean;
  /** Redirected with either engine. */
  always?: true;
}

const kinds: Record<string, Kind> = {
  recv: { call: 'recvfrom', before: [], after: [35], plain: ['recv 35 -'], woken: ['recv 35 -'], visible: false },
  read: { call: 'read', before: [], after: [35], plain: ['read 35 -'], woken: ['read 35 -'], visible: false },
  recvfrom: {
    call: 'recvfrom',
    before: [],
    after: [77],
    plain: ['recvfrom 77 -'],
    woken: ['recvfrom 77 -'],
    visible: false,
  },
  splice: {
    call: 'splice',
    before: [],
    after: [35],
    plain: ['splice 35 -'],
    woken: ['splice 35 -'],
    visible: true,
    always: true,
  },
  waitall: {
    call: 'recvfrom',
    before: [1000],
    after: [4000],
    plain: ['recv 5000 -'],
    woken: ['recv 1000 -', 'recv 4000 -'],
    visible: true,
  },
  timeout: {
    call: 'recvfrom',
    before: [],
    after: [35],
    plain: ['recv 35 -'],
    woken: ['recv -1 EINTR', 'recv 35 -'],
    visible: true,
  },
  recvmmsg: {
    call: 'recvmmsg',
    before: [10],
    after: [20],
    plain: ['recvmmsg 2 -'],
    woken: ['recvmmsg 1 -', 'recv 20 -'],
    visible: true,
  },
  'recvmmsg-timeout': {
    call: 'recvmmsg',
    before: [10],
    after: [20],
    plain: ['recvmmsg 2 -'],
    woken: ['recvmmsg 1 -', 'recv 20 -'],
    visible: true,
  },
};

const ways = {
  rmmod: async () => {
    assert.deepEqual(await promptly(5, 'rmmod', rmmod), { status: 0, stdout: '', stderr: '' });
    assert.equal(isLoaded(), false);
  },
  stop: async (pid: number) => {
    const control = new Control();
    assert.equal(control.command('stop'), 'ok');
    control.close();
    assert.deepEqual([status()['state'], status()['in_flight']], ['stopped', '0']);
    assert.equal(record(pid)['state'], 'detached');
    await unload();
  },
};

for (const [way, take] of Object.entries(ways)) {
  for (const [name, kind] of Object.entries(kinds)) {
    const isRedirected = redirect || kind.always === true;
    const isVisible = isRedirected && kind.woken.length > 1;
    const outcome = isVisible ? `sees exactly: ${kind.woken.join(', ')}` : 'notices nothing';

    test(`${way} while a program is blocked in ${name}: it ${outcome}`, async () => {
      const mark = kernelLog.mark();
      await load({ fname: 'call.out' });
      const target = new Program(program('blocked/call.out'), [name]);
      const port = Number((await target.line(/^port (\d+)$/))[1]);
      const peer = kind.call === 'recvmmsg' || name === 'recvfrom' ? datagramsTo(port) : await connectTo(port);
      await blocked(target.pid, kind.call);
      for (const bytes of kind.before) await peer.send(bytes);
      if (isRedirected) await until('the call is in flight', () => status()['in_flight'] === '1');
      else assert.equal(status()['in_flight'], '0');
      // What was sent before is in the receiver's hands.
      await until('it has taken what was sent', () => queued() === 0);

      await take(target.pid);

      if (isVisible) await target.line(lineOf(kind.woken[0] ?? ''));
      else await blocked(target.pid, kind.call);
      for (const bytes of kind.after) await peer.send(bytes);
      const output = await target.output();
      assert.deepEqual(resultsIn(output), isVisible ? kind.woken : kind.plain);
      const wakes = kernelLog.module(mark).filter((line) => line.startsWith('waking '));
      assert.equal(wakes.length, isRedirected && kind.visible ? 1 : 0, wakes.join('\n'));
    });
  }

  test(`${way} while a program is blocked in a send of 8 MB: ${redirect ? 'the send is short and says so' : 'it notices nothing'}`, async () => {
    await load({ fname: 'call.out' });
    const target = new Program(program('blocked/call.out'), ['send']);
    const peer = await connectTo(Number((await target.line(/^port (\d+)$/))[1]));
    await blocked(target.pid, 'sendto');
    await until('the call is in flight', () => status()['in_flight'] === (redirect ? '1' : '0'));

    await take(target.pid);

    if (!redirect) await blocked(target.pid, 'sendto');
    const arrived = await peer.readAll();
    const [result = ''] = resultsIn(await target.output());
    const [, sent = '', errno] = /^send (-?\d+) (.*)$/.exec(result) ?? [];
    assert.deepEqual([Number(sent), errno], [arrived, '-']);
    if (redirect) assert.ok(arrived < 8 << 20, `it sent ${sent}`);
    else assert.equal(arrived, 8 << 20);
  });

  test(`${way} while 50 threads are blocked in recv: each receives its message as it was sent`, async () => {
    const mark = kernelLog.mark();
    await load({ fname: 'threads_server.out' });
    const target = new Program(program('blocked/threads_server.out'), ['50']);
    const port = Number((await target.line(/^port (\d+)$/))[1]);
    const sockets = Array.from({ length: 50 }, () => connect(port, '127.0.0.1'));
    atEnd(() => {
      for (const socket of sockets) socket.destroy();
    });
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    await blocked(target.pid, 'recvfrom', 50);
    await until('the calls are in flight', () => status()['in_flight'] === (redirect ? '50' : '0'));

    await take(target.pid);

    await blocked(target.pid, 'recvfrom', 50);
    for (const [n, socket] of sockets.entries()) socket.write(`message number ${n}`);
    const lines = (await target.output()).trim().split('\n').slice(1).sort();
    const expected = sockets.map((_, n) => `message number ${n}`).map((text) => `recv ${text.length} ${text}`);
    assert.deepEqual(lines, expected.sort());
    assert.deepEqual(
      kernelLog.module(mark).filter((line) => line.startsWith('waking ')),
      [],
    );
  });
}

const lineOf = (text: string): RegExp => new RegExp(`^${text}$`);
const resultsIn = (output: string): string[] =>
  output.match(/^(?:recv|read|recvfrom|recvmmsg|send|splice) .*$/gm) ?? [];

/** Bytes that wait in the receive queues of the guest's sockets: only this test's are there. */
function queued(): number {
  return ['tcp', 'udp'].reduce((sum, transport) => {
    const lines = readFileSync(`/proc/net/${transport}`, 'latin1').split('\n').slice(1, -1);
    const queues = lines.map((line) => parseInt(line.trim().split(/\s+/)[4]?.split(':')[1] ?? '', 16));
    return sum + queues.reduce((bytes, queue) => bytes + queue, 0);
  }, 0);
}

test('after stop the totals are final and readable, and nothing is counted or accepted any longer', async () => {
  await load({ fname: 'worker' });
  const worker = new Program(named('worker'), ['send', '100', 'wait', 'send', '50']);
  await worker.line(/^waiting$/);
  const control = new Control();
  assert.equal(control.command('stop'), 'ok');
  worker.write('\n');
  await worker.output();
  await new Program(named('worker'), ['send', '7']).output();

  const expected = counts({ udp_rx_bytes: 100, udp_rx_msgs: 1, udp_tx_bytes: 100, udp_tx_msgs: 1 });
  const [row, ...more] = counters();
  assert.deepEqual(more, []);
  assert.deepEqual(countsOf(row ?? {}), expected);
  assert.deepEqual([row?.['state'], row?.['exit_code']], ['detached', '-']);
  assert.deepEqual(countsOf(theProgram('worker')), expected);
  for (const command of ['watch other', 'session', 'children on', `attach ${process.pid}`]) {
    assert.equal(control.command(command), 'ESHUTDOWN', command);
  }
  assert.equal(control.command('stop'), 'ok');
  control.close();
  await unload();
});

test('stop is refused while another descriptor has a session, and counting goes on', async () => {
  await load({ fname: 'worker' });
  const session = Control.session();
  const control = new Control();
  assert.equal(control.command('stop'), 'EBUSY');
  assert.equal(status()['state'], 'counting');
  const worker = new Program(named('worker'), ['send', '100']);
  await worker.output();
  assert.equal(record(worker.pid)['udp_tx_bytes'], '100');
  session.close();
  assert.equal(control.command('stop'), 'ok');
  control.close();
});

test('rmmod does not disturb a target that is sending', async () => {
  await load({ fname: 'worker' });
  const worker = new Program(named('worker'), ['busy']);
  await until('it is under way', () => record(worker.pid)['udp_tx_msgs'] !== '0');
  await ways.rmmod();
  assert.equal(worker.hasEnded, false);
  worker.write('\n');
  await worker.output();
});
