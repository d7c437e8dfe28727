// SPDX-License-Identifier: MIT
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import type { Snapshot } from '../../../src/model/types';
import { monitor } from '../../../src/session/monitor';
import { FakeKernel } from '../support/fake-kernel';
import { refusal } from '../support/refusal';
import { aProcess, aProgram, ended, tcp } from '../support/rows';

let kernel: FakeKernel;
const open = (options: Partial<Parameters<typeof monitor>[0]> = {}): ReturnType<typeof monitor> =>
  monitor({ programs: ['server.out'], interval: 5, ko: kernel.ko, ...options }, kernel.host);

beforeEach(() => {
  kernel = new FakeKernel();
});
afterEach(() => {
  kernel.dispose();
});

test('the module is loaded idle, watched by a session, and unloaded at the end', async () => {
  const session = await open();
  expect(kernel.loads).toEqual(['families=inet idle=1']);
  expect(kernel.commands).toEqual(['0: session', '1: watch follow=1 server.out']);
  await session.close();
  expect([kernel.unloads, kernel.sessions.size]).toEqual([1, 0]);
});

test('a module that was there before stays', async () => {
  kernel.insert();
  const session = await open();
  await session.close();
  expect([kernel.loads, kernel.unloads]).toEqual([[], 0]);
});

test('of two sessions that load together one loads, and the last to close unloads', async () => {
  const [first, second] = await Promise.all([open(), open({ programs: ['client.out'] })]);
  expect(kernel.loads).toHaveLength(1);
  await first.close();
  expect(kernel.unloads).toBe(0);
  await second.close();
  expect(kernel.unloads).toBe(1);
});

test('what a session of a process that is gone loaded, the next session to close unloads', async () => {
  kernel.insert();
  const { ino } = fs.statSync(path.join(kernel.root, 'sys/module/net_traffic'), { bigint: true });
  kernel.write('run/lkm-traffic/loaded-by-session', `${ino}\n`);
  await (await open()).close();
  expect(kernel.unloads).toBe(1);
});

test('a mark of an earlier load says nothing of this one', async () => {
  kernel.insert();
  kernel.write('run/lkm-traffic/loaded-by-session', '1\n');
  await (await open()).close();
  expect(kernel.unloads).toBe(0);
});

test('it stays loaded when somebody began to use it for good', async () => {
  const session = await open();
  kernel.programs.push(aProgram({ id: 99n, owner: 0 }));
  await session.close();
  expect(kernel.unloads).toBe(0);
});

test('an unload by somebody else, between our look and our open, is made good', async () => {
  kernel.insert();
  kernel.failures.open.push('ENOENT');
  const session = await open();
  await session.close();
});

test('the final snapshot has what lived and died, and the module is told to forget what the sample before showed', async () => {
  const session = await open();
  kernel.processes = [ended(aProcess({ id: 1n, watches: [1n] }), 4n, tcp(175n))];
  await session[Symbol.asyncIterator]().next();
  const final = await session.close();
  expect(final.total.total).toMatchObject({ receivedBytes: 175n, sentBytes: 175n });
  expect(final.processes).toMatchObject([{ pid: 1001, state: 'exited' }]);
  expect(kernel.commands).toContain('1: clear 4');
});

test('listeners that are added after the await hear of what was there at the first sample', async () => {
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

test('a slow consumer gets the newest snapshot and no queue', async () => {
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

test('iterating begins with a snapshot at once, ends with the final one, and leaving it does not close', async () => {
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

test('closing twice gives one result', async () => {
  const session = await open();
  const [a, b] = await Promise.all([session.close(), session.close()]);
  expect(a).toBe(b);
  expect(kernel.unloads).toBe(1);
});

test('it can be disposed of', async () => {
  {
    await using session = await open();
    expect(session.listenerCount('exit')).toBe(0);
  }
  expect(kernel.unloads).toBe(1);
});

test('an aborted signal closes it: iterations throw the reason, close() still has the totals', async () => {
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

test('a signal that is aborted already opens nothing', async () => {
  await expect(open({ signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
  expect(kernel.commands).toEqual([]);
});

test('a failed sample ends the session and tells everybody', async () => {
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
] as const)('%s refused with %s is %s, and nothing stays open', async (command, errno, code) => {
  kernel.refused.set(command, errno);
  await expect(open({ pids: [7] })).rejects.toEqual(refusal(code));
  expect(kernel.sessions.size).toBe(0);
});

test('attaching what is attached already is no failure', async () => {
  kernel.refused.set('attach', 'EEXIST');
  const session = await open({ pids: [7] });
  await session.close();
});

test('without rights on the files it is ERR_PERMISSION', async () => {
  kernel.insert();
  kernel.failures.open.push('EPERM');
  await expect(open()).rejects.toEqual(refusal('ERR_PERMISSION'));
});

test('another engine than the loaded one is a conflict that names both', async () => {
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
])('%j is refused', async (options) => {
  await expect(open(options)).rejects.toEqual(refusal('ERR_INVALID_ARGUMENT'));
  expect(kernel.loads).toEqual([]);
});

test('not on Linux it says so', async () => {
  await expect(monitor({ programs: ['x'] }, { ...kernel.host, platform: 'darwin' })).rejects.toEqual(
    refusal('ERR_NOT_LINUX'),
  );
});
