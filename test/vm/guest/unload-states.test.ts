// SPDX-License-Identifier: MIT
/** Taking the module away from targets in whatever state a task can be in: it goes, and so do they, undisturbed. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, readSync, closeSync, rmdirSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { atEnd } from './lib/cleanup';
import { Control } from './lib/control';
import { engine, program } from './lib/environment';
import { kernelLog } from './lib/kernel-log';
import { isLoaded, load, rmmod, unload } from './lib/module';
import { named } from './lib/named';
import { test } from './lib/plan';
import { Program, isTraced, outputOf } from './lib/program';
import { counters, countsOf, counts, record, status } from './lib/proc';
import { promptly, until } from './lib/wait';

const redirect = engine === 'redirect';

/** A target that blocks in a call of that kind, and its peer, which nobody monitors. */
async function blocked(kind: string): Promise<{ target: Program; peer: Socket }> {
  const target = new Program(program('blocked/call.out'), [kind]);
  const peer = connect(Number((await target.line(/^port (\d+)$/))[1]), '127.0.0.1');
  atEnd(() => {
    peer.destroy();
  });
  peer.on('error', () => undefined);
  await once(peer, 'connect');
  return { target, peer };
}

const inFlight = (count: number): Promise<boolean> =>
  until(`${count} calls in flight`, () => status()['in_flight'] === String(count));

async function rmmodSoon(): Promise<void> {
  assert.deepEqual(await promptly(5, 'rmmod', rmmod), { status: 0, stdout: '', stderr: '' });
  assert.equal(isLoaded(), false);
}

async function stopSoon(): Promise<void> {
  const control = new Control();
  assert.equal(await promptly(5, 'stop', () => control.command('stop')), 'ok');
  control.close();
}

const stateOf = (pid: number): string =>
  /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? '';

interface State {
  enter(target: Program): Promise<void>;
  leave(target: Program): Promise<void>;
}

const cgroup = '/sys/fs/cgroup/frozen';
let tracer: Program;

/** States in which a task does not run by itself. It left the call for them, or is woken in it, and starts it anew. */
const states: Record<string, State> = {
  stopped: {
    enter: async (target) => {
      target.kill('SIGSTOP');
      await until('it is stopped', () => stateOf(target.pid) === 'T');
    },
    leave: (target) => {
      target.kill('SIGCONT');
      return Promise.resolve();
    },
  },
  frozen: {
    enter: async (target) => {
      mkdirSync(cgroup, { recursive: true });
      writeFileSync(`${cgroup}/cgroup.procs`, String(target.pid));
      writeFileSync(`${cgroup}/cgroup.freeze`, '1');
      await until('it is frozen', () => /^frozen 1$/m.test(readFileSync(`${cgroup}/cgroup.events`, 'latin1')));
      atEnd(async () => {
        writeFileSync(`${cgroup}/cgroup.freeze`, '0');
        target.kill('SIGKILL');
        await target.ended;
        await until('the cgroup is empty', () => readFileSync(`${cgroup}/cgroup.procs`, 'latin1') === '');
        rmdirSync(cgroup);
      });
    },
    leave: () => {
      writeFileSync(`${cgroup}/cgroup.freeze`, '0');
      return Promise.resolve();
    },
  },
  'being traced': {
    enter: async (target) => {
      tracer = new Program('strace', ['-f', '-o', '/dev/null', '-p', String(target.pid)]);
      await until('it is traced', () => isTraced(target.pid));
    },
    leave: async () => {
      tracer.kill('SIGINT');
      await tracer.ended;
    },
  },
};

for (const [name, state] of Object.entries(states)) {
  for (const way of ['rmmod', 'stop']) {
    test(`${way} while a target that waits in recv is ${name}: it goes on, and receives what it waits for`, async () => {
      await load({ fname: 'call.out' });
      const { target, peer } = await blocked('recv');
      await until('it waits', () => stateOf(target.pid) === 'S');
      await inFlight(redirect ? 1 : 0);
      await state.enter(target);
      if (way === 'stop') {
        await stopSoon();
        await unload();
      } else {
        await rmmodSoon();
      }
      await state.leave(target);
      peer.write(Buffer.alloc(35));
      assert.match(await target.output(), /^recv 35 -$/m);
    });
  }
}

test('the counts of a target that is killed in its call are final before rmmod', async () => {
  await load({ fname: 'call.out' });
  const { target, peer } = await blocked('waitall');
  peer.write(Buffer.alloc(1000));
  await until('it waits for the rest', () => stateOf(target.pid) === 'S');
  await inFlight(redirect ? 1 : 0);
  target.kill('SIGKILL');
  await target.ended;
  await until('it has ended', () => record(target.pid)['state'] === 'exited');
  // A call that a signal ends returned what it had.
  const { tcp_rx_bytes: received } = countsOf(record(target.pid));
  assert.ok(received === '1000' || received === '0', received);
  await rmmodSoon();
});

test('rmmod does not disturb a target that waits in accept', async () => {
  await load({ fname: 'call.out' });
  const target = new Program(program('blocked/call.out'), ['accept']);
  const port = Number((await target.line(/^port (\d+)$/))[1]);
  await until('it waits', () => stateOf(target.pid) === 'S');
  await rmmodSoon();
  connect(port, '127.0.0.1').on('error', () => undefined);
  assert.match(await target.output(), /^accept 0 -$/m);
});

test('rmmod does not disturb a waiting receive of io_uring', async () => {
  const mark = kernelLog.mark();
  await load({ fname: 'call.out' });
  const { target, peer } = await blocked('uring');
  await until('it waits', () => stateOf(target.pid) === 'S');
  await rmmodSoon();
  peer.write(Buffer.alloc(35));
  assert.match(await target.output(), /^io_uring 35 -$/m);
  assert.doesNotMatch(kernelLog.module(mark).join('\n'), /waking/);
});

test(`a send with data in the SYN that nobody answers: ${redirect ? 'rmmod waits, and says for whom' : 'the module goes at once'}, and the peer gets them once`, async () => {
  const mark = kernelLog.mark();
  const sysctl = '/proc/sys/net/ipv4/tcp_fastopen';
  const before = readFileSync(sysctl, 'latin1');
  // For a client, without having seen a cookie.
  writeFileSync(sysctl, '5');
  const silence =
    'table inet silence { chain input { type filter hook input priority 0; tcp flags & (syn | ack) == syn drop; }; }';
  await outputOf('nft', [silence]);
  atEnd(async () => {
    writeFileSync(sysctl, before);
    if ((await outputOf('nft', ['list', 'tables'])).includes('silence'))
      await outputOf('nft', ['delete table inet silence']);
  });
  let received = 0;
  let hasEnded = false;
  const server = createServer((socket) =>
    socket
      .on('data', (data) => (received += data.length))
      .on('end', () => (hasEnded = true))
      .on('error', () => undefined),
  );
  atEnd(() => {
    server.close();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');

  await load({ fname: 'call.out' });
  const target = new Program(program('blocked/call.out'), ['fastopen']);
  target.write(`${(server.address() as AddressInfo).port}\n`);
  await until('it waits for its connection', () =>
    readFileSync(`/proc/${target.pid}/stack`, 'latin1').includes('inet_stream_connect'),
  );
  await inFlight(redirect ? 1 : 0);
  if (redirect) {
    const removal = rmmod();
    const whom = `waiting for a blocked sendmsg of process ${target.pid} (call.out).`;
    await until('the log names it', () => kernelLog.module(mark).includes(whom));
    assert.equal(isLoaded(), true);
    await outputOf('nft', ['delete table inet silence']);
    assert.deepEqual(await removal, { status: 0, stdout: '', stderr: '' });
  } else {
    await rmmodSoon();
    await outputOf('nft', ['delete table inet silence']);
  }
  assert.match(await target.output(), /^sendto 1000 -$/m);
  await until('the peer has all of it', () => hasEnded);
  assert.equal(received, 1000);
});

const waitsForPage = (target: Program): Promise<boolean> =>
  until('it waits for its page', () => readFileSync(`/proc/${target.pid}/stack`, 'latin1').includes('userfault'));

/** Calls that go to a page that is not there: of which the module is on the stack, as what it is logged, what it returns. */
const held = [
  { kind: 'held', inModule: redirect, logged: 'recvmsg', result: /^recv 35 -$/m },
  { kind: 'held-zerocopy', inModule: true, logged: 'getsockopt', result: /^getsockopt 0 -$/m },
  { kind: 'held-option', inModule: false, logged: '', result: /^getsockopt 0 -$/m },
];

for (const { kind, inModule, logged, result } of held) {
  test(`a call whose page fault nobody answers, ${kind}: ${inModule ? 'stop says EBUSY and for whom, rmmod waits and says for whom' : 'the module goes at once'}`, async () => {
    const mark = kernelLog.mark();
    await load({ fname: 'call.out' });
    const { target, peer } = await blocked(kind);
    peer.write(Buffer.alloc(35));
    await waitsForPage(target);
    await inFlight(inModule ? 1 : 0);
    if (!inModule) {
      await stopSoon();
      await rmmodSoon();
    } else {
      const control = new Control();
      // It waits 5 s for the call.
      assert.equal(await promptly(7, 'stop', () => control.command('stop')), 'EBUSY');
      control.close();
      const whom = `waiting for a blocked ${logged} of process ${target.pid} (call.out).`;
      await until('the log names it', () => kernelLog.module(mark).includes(whom));
      const second = kernelLog.mark();
      const removal = rmmod();
      await until('the log names it again', () => kernelLog.module(second).includes(whom));
      assert.equal(isLoaded(), true);
      target.write('\n');
      assert.deepEqual(await removal, { status: 0, stdout: '', stderr: '' });
    }
    target.write('\n');
    assert.match(await target.output(), result);
  });
}

test('open and half-read files do not block rmmod, and return an error after it', async () => {
  await load({ fname: 'worker' });
  await Promise.all([1, 2, 3].map((bytes) => new Program(named('worker'), ['send', String(bytes)]).output()));
  const files = ['counters', 'flows', 'programs', 'status', 'control'].map((name) => {
    const fd = openSync(`/proc/net_traffic/${name}`, 'r');
    assert.equal(readSync(fd, Buffer.alloc(10), 0, 10, null), 10, name);
    return fd;
  });
  await rmmodSoon();
  for (const fd of files) {
    assert.throws(() => readSync(fd, Buffer.alloc(10), 0, 10, null), /EIO|ENODEV|ENXIO/);
    closeSync(fd);
  }
  await load({ fname: 'worker' });
  const worker = new Program(named('worker'), ['send', '9']);
  await worker.output();
  assert.deepEqual(counters().map(countsOf), [
    counts({ udp_rx_bytes: 9, udp_rx_msgs: 1, udp_tx_bytes: 9, udp_tx_msgs: 1 }),
  ]);
});
