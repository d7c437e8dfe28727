// SPDX-License-Identifier: MIT
import { statusOn } from '../../../src/read/module-status';
import { FakeKernel } from '../support/fake-kernel';

let kernel: FakeKernel;
beforeEach(() => {
  kernel = new FakeKernel();
});
afterEach(() => {
  kernel.dispose();
});
const problemCodes = async (): Promise<string[]> => (await statusOn(kernel.host)).problems.map(({ code }) => code);

test('is healthy if the module is loaded and counts', async () => {
  kernel.insert({ engine: 'redirect' });
  expect(await statusOn(kernel.host)).toMatchObject({
    healthy: true,
    loaded: true,
    problems: [],
    parameters: { engine: 'redirect', follow: 'Y' },
  });
});

test('reports a problem if the module is not loaded, and does not reject', async () => {
  expect(await statusOn(kernel.host)).toMatchObject({ healthy: false, loaded: false, module: null });
  expect(await problemCodes()).toEqual(['ERR_NOT_LOADED']);
});

test('reports ERR_ABI if a loaded module has no files', async () => {
  kernel.insert();
  kernel.failures.read.push('ENOENT');
  expect(await problemCodes()).toEqual(['ERR_ABI']);
});

test('reports ERR_PERMISSION if the files cannot be opened', async () => {
  kernel.insert();
  kernel.failures.read.push('EACCES');
  expect(await problemCodes()).toEqual(['ERR_PERMISSION']);
});

test('reports a stopped module, a detached hook and failed allocations', async () => {
  kernel.insert();
  kernel.statusValues = { 'hook.inet_sendmsg': 'detached', 'hook.inet6_sendmsg': 'absent', alloc_failed: 2 };
  expect(await problemCodes()).toEqual(['HOOK_DETACHED', 'ALLOCATION_FAILED']);
  kernel.statusValues = { state: 'stopped', 'hook.inet_sendmsg': 'detached' };
  expect(await problemCodes()).toEqual(['ERR_STOPPED']);
});

test('reports a problem on another system', async () => {
  const { problems } = await statusOn({ ...kernel.host, platform: 'darwin' });
  expect(problems.map(({ code }) => code)).toEqual(['ERR_NOT_LINUX']);
});
