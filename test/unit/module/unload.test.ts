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
  const final = await unload(kernel.host);
  expect(final?.total.total).toMatchObject({ receivedBytes: 175n, sentBytes: 175n });
  expect([kernel.commands, kernel.loaded]).toEqual([['0: stop'], false]);
});

test('what is absent is ERR_NOT_LOADED', async () => {
  await expect(unload(kernel.host)).rejects.toEqual(refusal('ERR_NOT_LOADED'));
});

test('an open session is ERR_IN_USE, and it stays', async () => {
  kernel.insert();
  kernel.sessions.add(1);
  kernel.refused.set('stop', 'EBUSY');
  await expect(unload(kernel.host)).rejects.toEqual(refusal('ERR_IN_USE', /session/));
  expect(kernel.loaded).toBe(true);
});

test('calls that do not end are ERR_IN_USE too, and told apart', async () => {
  kernel.insert();
  kernel.refused.set('stop', 'EBUSY');
  await expect(unload(kernel.host)).rejects.toEqual(refusal('ERR_IN_USE', /inside the module/));
});

test('one that was stopped before is unloaded', async () => {
  kernel.insert();
  kernel.refused.set('stop', 'ESHUTDOWN');
  expect(await unload(kernel.host)).not.toBeNull();
  expect(kernel.loaded).toBe(false);
});

test('one of another version is unloaded without totals', async () => {
  kernel.insert();
  kernel.failures.read.push('ENOENT');
  expect(await unload(kernel.host)).toBeNull();
  expect([kernel.commands, kernel.loaded]).toEqual([[], false]);
});

test('without rights it is ERR_PERMISSION', async () => {
  kernel.insert();
  kernel.write('proc/self/status', 'CapEff:\t0000000000000000\n');
  await expect(unload(kernel.host)).rejects.toEqual(refusal('ERR_PERMISSION'));
});
