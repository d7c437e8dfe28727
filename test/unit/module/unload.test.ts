// SPDX-License-Identifier: MIT
import { unloadOn } from '../../../src/module/unload';
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

test('stops the module, then reads the totals, then unloads it', async () => {
  kernel.insert();
  kernel.processes = [ended(aProcess({ id: 1n }), 1n, tcp(175n))];
  const final = await unloadOn(kernel.host, {});
  expect(final?.total.total).toMatchObject({ receivedBytes: 175n, sentBytes: 175n });
  expect([kernel.commands, kernel.loaded]).toEqual([['0: stop'], false]);
});

test('rejects with ERR_NOT_LOADED if the module is not loaded', async () => {
  await expect(unloadOn(kernel.host, {})).rejects.toEqual(refusal('ERR_NOT_LOADED'));
});

test('rejects with ERR_IN_USE while a session is open, and keeps the module loaded', async () => {
  kernel.insert();
  kernel.sessions.add(1);
  kernel.refused.set('stop', 'EBUSY');
  await expect(unloadOn(kernel.host, {})).rejects.toEqual(refusal('ERR_IN_USE', /session/));
  expect(kernel.loaded).toBe(true);
});

test('rejects with ERR_IN_USE and another message if calls do not return', async () => {
  kernel.insert();
  kernel.refused.set('stop', 'EBUSY');
  await expect(unloadOn(kernel.host, {})).rejects.toEqual(refusal('ERR_IN_USE', /have not returned from it/));
});

test('unloads a module that was stopped before', async () => {
  kernel.insert();
  kernel.refused.set('stop', 'ESHUTDOWN');
  expect(await unloadOn(kernel.host, {})).not.toBeNull();
  expect(kernel.loaded).toBe(false);
});

test('unloads a module of another version without totals', async () => {
  kernel.insert();
  kernel.failures.read.push('ENOENT');
  expect(await unloadOn(kernel.host, {})).toBeNull();
  expect([kernel.commands, kernel.loaded]).toEqual([[], false]);
});

test('rejects with ERR_PERMISSION without CAP_SYS_MODULE', async () => {
  kernel.insert();
  kernel.write('proc/self/status', 'CapEff:\t0000000000000000\n');
  await expect(unloadOn(kernel.host, {})).rejects.toEqual(refusal('ERR_PERMISSION'));
});

/** Events in tracefs. `instance` is null for the main trace of the kernel. */
function traceEvents(instance: string | null, enabled: Record<string, string>): void {
  const place = instance === null ? '' : `/instances/${instance}`;
  kernel.write('sys/kernel/tracing/instances/other/tracing_on', '1\n');
  for (const [event, value] of Object.entries(enabled)) {
    kernel.write(`sys/kernel/tracing${place}/events/net_traffic/${event}/enable`, `${value}\n`);
  }
}

describe('while events of the module are enabled', () => {
  beforeEach(() => {
    kernel.insert();
    traceEvents(null, { send: '0', recv: '1', exit: '0*' });
    traceEvents('mine', { send: '1' });
    traceEvents('off', { send: '0' });
  });

  test('rejects with ERR_IN_USE, names the traces, and stops nothing', async () => {
    const error: unknown = await unloadOn(kernel.host, {}).catch((reason: unknown) => reason);
    expect(error).toEqual(refusal('ERR_IN_USE', /the kernel's main trace \(recv, exit\) and in .* mine \(send\)/));
    expect(error).toMatchObject({ hint: expect.stringContaining('unload --force') as string });
    expect([kernel.commands, kernel.loaded]).toEqual([[], true]);
  });

  test('unloads with force', async () => {
    expect(await unloadOn(kernel.host, { force: true })).not.toBeNull();
    expect(kernel.loaded).toBe(false);
  });
});

test('rejects with ERR_IN_USE if perf or BPF holds the module, and stops nothing', async () => {
  kernel.insert();
  kernel.write('sys/module/net_traffic/refcnt', '1\n');
  await expect(unloadOn(kernel.host, { force: true })).rejects.toEqual(refusal('ERR_IN_USE', /perf or a BPF program/));
  expect(kernel.commands).toEqual([]);
});
