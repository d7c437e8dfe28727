// SPDX-License-Identifier: MIT
import { status } from '../../../src/read/status';
import { FakeKernel } from '../support/fake-kernel';

let kernel: FakeKernel;
beforeEach(() => {
  kernel = new FakeKernel();
});
afterEach(() => {
  kernel.dispose();
});
const problemCodes = async (): Promise<string[]> => (await status(kernel.host)).problems.map(({ code }) => code);

test('loaded and counting is healthy', async () => {
  kernel.insert({ engine: 'redirect' });
  expect(await status(kernel.host)).toMatchObject({
    healthy: true,
    loaded: true,
    problems: [],
    parameters: { engine: 'redirect', follow: 'Y' },
  });
});

test('absent is a problem, not a rejection', async () => {
  expect(await status(kernel.host)).toMatchObject({ healthy: false, loaded: false, module: null });
  expect(await problemCodes()).toEqual(['ERR_NOT_LOADED']);
});

test('loaded without files is ERR_ABI', async () => {
  kernel.insert();
  kernel.failures.read.push('ENOENT');
  expect(await problemCodes()).toEqual(['ERR_ABI']);
});

test('files that cannot be opened are ERR_PERMISSION', async () => {
  kernel.insert();
  kernel.failures.read.push('EACCES');
  expect(await problemCodes()).toEqual(['ERR_PERMISSION']);
});

test('a stopped module, a detached hook and failed allocations are problems', async () => {
  kernel.insert();
  kernel.statusValues = { 'hook.inet_sendmsg': 'detached', 'hook.inet6_sendmsg': 'absent', alloc_failed: 2 };
  expect(await problemCodes()).toEqual(['HOOK_DETACHED', 'ALLOCATION_FAILED']);
  kernel.statusValues = { state: 'stopped', 'hook.inet_sendmsg': 'detached' };
  expect(await problemCodes()).toEqual(['ERR_STOPPED']);
});

test('elsewhere than on Linux it is a problem too', async () => {
  const { problems } = await status({ ...kernel.host, platform: 'darwin' });
  expect(problems.map(({ code }) => code)).toEqual(['ERR_NOT_LINUX']);
});
