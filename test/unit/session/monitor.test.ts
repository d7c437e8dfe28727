// SPDX-License-Identifier: MIT
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import type { MonitorOptions } from '../../../src/model/api-options';
import type { Snapshot } from '../../../src/model/types';
import { monitorOn } from '../../../src/session/monitor';
import { FakeKernel } from '../support/fake-kernel';
import { refusal } from '../support/refusal';
import { aProcess, aProgram, ended, tcp } from '../support/rows';

let kernel: FakeKernel;
const open = (options: MonitorOptions = {}): ReturnType<typeof monitorOn> =>
  monitorOn(kernel.host, { programs: ['server.out'], interval: 5, ko: kernel.ko, ...options });

beforeEach(() => {
  kernel = new FakeKernel();
});
afterEach(() => {
  kernel.dispose();
});

test('loads the module idle, watches by a session, and unloads the module at the end', async () => {
  const session = await open();
  expect(kernel.loads).toEqual(['families=inet idle=1']);
  expect(kernel.commands).toEqual(['0: session', '1: watch follow=1 server.out']);
  await session.close();
  expect([kernel.unloads, kernel.sessions.size]).toEqual([1, 0]);
});

test('keeps a module that was loaded before', async () => {
  kernel.insert();
  const session = await open();
  await session.close();
  expect([kernel.loads, kernel.unloads]).toEqual([[], 0]);
});

test('loads once for two sessions that open together, and unloads when the last one closes', async () => {
  const [first, second] = await Promise.all([open(), open({ programs: ['client.out'] })]);
  expect(kernel.loads).toHaveLength(1);
  await first.close();
  expect(kernel.unloads).toBe(0);
  await second.close();
  expect(kernel.unloads).toBe(1);
});

test('unloads a module that a session of an ended process loaded', async () => {
  kernel.insert();
  const { ino } = fs.statSync(path.join(kernel.root, 'sys/module/net_traffic'), { bigint: true });
  kernel.write('run/lkm-traffic/loaded-by-session', `${ino}\n`);
  await (await open()).close();
  expect(kernel.unloads).toBe(1);
});

test('ignores the mark of an earlier load', async () => {
  kernel.insert();
  kernel.write('run/lkm-traffic/loaded-by-session', '1\n');
  await (await open()).close();
  expect(kernel.unloads).toBe(0);
});

test('keeps the module loaded if load() uses it', async () => {
  const session = await open();
  kernel.programs.push(aProgram({ id: 99n, owner: 0 }));
  await session.close();
  expect(kernel.unloads).toBe(0);
});

test('loads the module again if another process unloads it before the session opens', async () => {
  kernel.insert();
  kernel.failures.open.push('ENOENT');
  const session = await open();
  await session.close();
});

test('includes ended processes in the final snapshot, and clears what the previous sample showed', async () => {
  const session = await open();
  kernel.processes = [ended(aProcess({ id: 1n, watches: [1n] }), 4n, tcp(175n))];
  await session[Symbol.asyncIterator]().next();
  const final = await session.close();
  expect(final.total.total).toMatchObject({ receivedBytes: 175n, sentBytes: 175n });
  expect(final.processes).toMatchObject([{ pid: 1001, state: 'exited' }]);
  expect(kernel.commands).toContain('1: clear 4');
});

test('emits the events of the first sample to listeners that are added after the await', async () => {
  const session = await open();
  kernel.processes = [
    ended(aProcess({ id: 1n, watches: [1n] }), 1n),
    aProcess({ id: 2n, since: 'fork', watches: [1n] }),
  ];
  const events: string[] = [];
  for (const event of ['exec', 'fork', 'exit'] as const) {
    session.on(event, ({ id }) => events.push(`${event} ${id}`));
  }
  await once(session, 'fork');
  await session.close();
  expect(events).toEqual(['exec 1', 'fork 2', 'exit 1']);
});

test('gives a slow reader the newest snapshot and builds up no queue', async () => {
  const session = await open({ interval: 1 });
  const seen: bigint[] = [];
  let goOn = (): void => undefined;
  const written = new Promise<void>((resolve) => (goOn = resolve));
  const reader = (async () => {
    for await (const { total } of session) {
      seen.push(total.total.sentBytes);
      await written;
    }
  })();
  for (let bytes = 1n; bytes <= 10n; bytes += 1n) {
    kernel.processes = [aProcess({ id: 1n, watches: [1n], traffic: tcp(bytes) })];
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  goOn();
  await session.close();
  await reader;
  expect(seen.length).toBeLessThan(5);
  expect(seen.at(-1)).toBe(10n);
});

test('iterates from an immediate snapshot to the final one, and does not close when the loop is left', async () => {
  const session = await open({ interval: 60_000 });
  for await (const snapshot of session) {
    expect(snapshot.families).toEqual(['inet']);
    break;
  }
  kernel.processes = [aProcess({ id: 1n, watches: [1n], traffic: tcp(7n) })];
  const rest: Snapshot[] = [];
  const reader = (async () => {
    for await (const snapshot of session) rest.push(snapshot);
  })();
  const final = await session.close();
  await reader;
  expect(rest.at(-1)).toBe(final);
  expect(final.total.total.sentBytes).toBe(7n);
});

test('returns the same result when it is closed twice', async () => {
  const session = await open();
  const [a, b] = await Promise.all([session.close(), session.close()]);
  expect(a).toBe(b);
  expect(kernel.unloads).toBe(1);
});

test('closes at the end of an await using block', async () => {
  {
    await using session = await open();
    expect(session.listenerCount('exit')).toBe(0);
  }
  expect(kernel.unloads).toBe(1);
});

test('closes when its signal is aborted: iterations throw the reason, and close() returns the totals', async () => {
  const abort = new AbortController();
  const session = await open({ signal: abort.signal });
  kernel.processes = [aProcess({ id: 1n, watches: [1n], traffic: tcp(3n) })];
  const reading = (async () => {
    for await (const { exact } of session) expect(exact).toBe(true);
  })();
  abort.abort(new Error('enough'));
  await expect(reading).rejects.toThrow('enough');
  expect((await session.close()).total.total.sentBytes).toBe(3n);
  expect(kernel.sessions.size).toBe(0);
});

test('opens nothing if the signal is aborted already', async () => {
  await expect(open({ signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
  expect(kernel.commands).toEqual([]);
});

test('ends the session after a failed sample, and reports the error everywhere', async () => {
  const session = await open();
  const heard = once(session, 'exit').catch((error: unknown) => error);
  kernel.failures.read.push('EIO');
  expect(await heard).toMatchObject({ code: 'ERR_SYSTEM' });
  await expect(session.close()).rejects.toEqual(refusal('ERR_SYSTEM'));
  await expect(session[Symbol.asyncIterator]().next()).rejects.toEqual(refusal('ERR_SYSTEM'));
  expect(kernel.sessions.size).toBe(0);
});

test.each([
  ['session', 'ENOSPC', 'ERR_LIMIT'],
  ['session', 'ESHUTDOWN', 'ERR_STOPPED'],
  ['watch', 'ENOSPC', 'ERR_LIMIT'],
  ['watch', 'E2BIG', 'ERR_LIMIT'],
  ['watch', 'EINVAL', 'ERR_INVALID_ARGUMENT'],
  ['attach', 'ESRCH', 'ERR_NO_PROCESS'],
] as const)('reports %s refused with %s as %s, and leaves nothing open', async (command, errno, code) => {
  kernel.refused.set(command, errno);
  await expect(open({ pids: [7] })).rejects.toEqual(refusal(code));
  expect(kernel.sessions.size).toBe(0);
});

test('accepts a process that is attached already', async () => {
  kernel.refused.set('attach', 'EEXIST');
  const session = await open({ pids: [7] });
  await session.close();
});

test('rejects with ERR_PERMISSION if the files cannot be opened', async () => {
  kernel.insert();
  kernel.failures.open.push('EPERM');
  await expect(open()).rejects.toEqual(refusal('ERR_PERMISSION'));
});

test('rejects another engine than the loaded one, and names both', async () => {
  kernel.insert();
  await expect(open({ engine: 'redirect' })).rejects.toMatchObject({
    code: 'ERR_CONFLICT',
    message: expect.stringMatching(/engine is tracepoint, not redirect/) as string,
  });
});

test.each([
  { programs: [] },
  { programs: [''] },
  { interval: 0 },
  { interval: Number.NaN },
  { pids: [0] },
  { families: ['unix'] },
])('rejects %j', async (options) => {
  await expect(open(options)).rejects.toEqual(refusal('ERR_INVALID_ARGUMENT'));
  expect(kernel.loads).toEqual([]);
});

test('rejects on another system', async () => {
  await expect(monitorOn({ ...kernel.host, platform: 'darwin' }, { programs: ['x'] })).rejects.toEqual(
    refusal('ERR_NOT_LINUX'),
  );
});
