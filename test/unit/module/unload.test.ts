// SPDX-License-Identifier: MIT
import { unload } from '../../../src/module/unload';
import { FakeKernel } from '../support/fake-kernel';
import { refusal } from '../support/refusal';
import { aProcess, ended, tcp } from '../support/rows';

let kernel: FakeKernel;
beforeEach(() => {
  kernel = new FakeKernel();
});
afterEach(() => {
  kernel.dispose();
});

test('it is stopped, then read, then unloaded', async () => {
  kernel.insert();
  kernel.processes = [ended(aProcess({ id: 1n }), 1n, tcp(175n))];
  const final = await unload({}, kernel.host);
  expect(final?.total.total).toMatchObject({ receivedBytes: 175n, sentBytes: 175n });
  expect([kernel.commands, kernel.loaded]).toEqual([['0: stop'], false]);
});

test('what is absent is ERR_NOT_LOADED', async () => {
  await expect(unload({}, kernel.host)).rejects.toEqual(refusal('ERR_NOT_LOADED'));
});

test('an open session is ERR_IN_USE, and it stays', async () => {
  kernel.insert();
  kernel.sessions.add(1);
  kernel.refused.set('stop', 'EBUSY');
  await expect(unload({}, kernel.host)).rejects.toEqual(refusal('ERR_IN_USE', /session/));
  expect(kernel.loaded).toBe(true);
});

test('calls that do not end are ERR_IN_USE too, and told apart', async () => {
  kernel.insert();
  kernel.refused.set('stop', 'EBUSY');
  await expect(unload({}, kernel.host)).rejects.toEqual(refusal('ERR_IN_USE', /inside the module/));
});

test('one that was stopped before is unloaded', async () => {
  kernel.insert();
  kernel.refused.set('stop', 'ESHUTDOWN');
  expect(await unload({}, kernel.host)).not.toBeNull();
  expect(kernel.loaded).toBe(false);
});

test('one of another version is unloaded without totals', async () => {
  kernel.insert();
  kernel.failures.read.push('ENOENT');
  expect(await unload({}, kernel.host)).toBeNull();
  expect([kernel.commands, kernel.loaded]).toEqual([[], false]);
});

test('without rights it is ERR_PERMISSION', async () => {
  kernel.insert();
  kernel.write('proc/self/status', 'CapEff:\t0000000000000000\n');
  await expect(unload({}, kernel.host)).rejects.toEqual(refusal('ERR_PERMISSION'));
});

/** As tracefs shows them; `instance` null is the kernel's own. */
function traceEvents(instance: string | null, enabled: Record<string, string>): void {
  const place = instance === null ? '' : `/instances/${instance}`;
  kernel.write('sys/kernel/tracing/instances/other/tracing_on', '1\n');
  for (const [event, value] of Object.entries(enabled)) {
    kernel.write(`sys/kernel/tracing${place}/events/net_traffic/${event}/enable`, `${value}\n`);
  }
}

describe('while its events are traced', () => {
  beforeEach(() => {
    kernel.insert();
    traceEvents(null, { send: '0', recv: '1', exit: '0*' });
    traceEvents('mine', { send: '1' });
    traceEvents('off', { send: '0' });
  });

  test('it is ERR_IN_USE, says where, and stops nothing', async () => {
    const error: unknown = await unload({}, kernel.host).catch((reason: unknown) => reason);
    expect(error).toEqual(refusal('ERR_IN_USE', /the kernel's own trace \(recv, exit\), and .* mine \(send\)/));
    expect(error).toMatchObject({ hint: expect.stringContaining('unload --force') as string });
    expect([kernel.commands, kernel.loaded]).toEqual([[], true]);
  });

  test('it is unloaded all the same with force', async () => {
    expect(await unload({ force: true }, kernel.host)).not.toBeNull();
    expect(kernel.loaded).toBe(false);
  });
});

test('what perf or BPF holds is ERR_IN_USE before it is stopped', async () => {
  kernel.insert();
  kernel.write('sys/module/net_traffic/refcnt', '1\n');
  await expect(unload({ force: true }, kernel.host)).rejects.toEqual(refusal('ERR_IN_USE', /perf or a BPF program/));
  expect(kernel.commands).toEqual([]);
});
