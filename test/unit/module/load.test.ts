// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { load } from '../../../src/module/load';
import { FakeKernel } from '../support/fake-kernel';
import { refusal } from '../support/refusal';
import { aProcess } from '../support/rows';

let kernel: FakeKernel;
beforeEach(() => {
  kernel = new FakeKernel();
});
afterEach(() => {
  kernel.dispose();
});
const loadServer = (options: object = {}): ReturnType<typeof load> =>
  load({ programs: ['server.out'], ko: kernel.ko, ...options }, kernel.host);

test('an absent module is loaded with the names as its parameters', async () => {
  expect(await loadServer()).toEqual({
    ...{ loaded: true, ko: kernel.ko, engine: 'tracepoint', families: ['inet'] },
    ...{ programs: ['server.out'], pids: [], alreadyRunning: [] },
  });
  expect(kernel.loads).toEqual(['fname=server.out']);
  expect(kernel.commands).toEqual([]);
});

test('on a loaded module the names are added, for the module itself', async () => {
  kernel.insert();
  expect(await loadServer({ pids: [7] })).toMatchObject({ loaded: false, ko: null });
  expect(kernel.commands).toEqual(['0: watch follow=1 server.out', '0: attach 7']);
});

test('somebody else who loads it first is no failure', async () => {
  kernel.failures.load.push('EEXIST');
  const { host } = kernel;
  const racing = {
    ...host,
    native: () => ({ ...host.native(), load: () => (kernel.insert(), host.native().load('', '')) }),
  };
  expect(await load({ programs: ['server.out'], ko: kernel.ko }, racing)).toMatchObject({ loaded: false });
  expect(kernel.commands).toEqual(['0: watch follow=1 server.out']);
});

test('of two loads at once the kernel makes one and answers both: the names of the other are added', async () => {
  const { host } = kernel;
  const other = { ...host, native: () => ({ ...host.native(), load: () => host.native().load('', 'fname=first') }) };
  expect(await load({ programs: ['server.out'], ko: kernel.ko }, other)).toMatchObject({ loaded: false });
  expect(kernel.commands).toEqual(['0: watch follow=1 server.out']);
});

test('names that are no parameters are watched after an idle load', async () => {
  await loadServer({ programs: ['a,b'] });
  expect([kernel.loads, kernel.commands]).toEqual([['idle=1'], ['0: watch follow=1 a,b']]);
});

test('if that fails, the module does not stay behind', async () => {
  kernel.refused.set('watch', 'EINVAL');
  await expect(loadServer({ programs: ['a,b'] })).rejects.toEqual(refusal('ERR_INVALID_ARGUMENT'));
  expect(kernel.loaded).toBe(false);
});

test('another parameter than the loaded one is a conflict, and nothing is added', async () => {
  kernel.insert();
  await expect(loadServer({ follow: false })).rejects.toEqual(refusal('ERR_CONFLICT', /follow is Y, not 0/));
  expect(kernel.commands).toEqual([]);
});

test('a stopped module takes no more names', async () => {
  kernel.insert();
  kernel.refused.set('watch', 'ESHUTDOWN');
  await expect(loadServer()).rejects.toEqual(refusal('ERR_STOPPED'));
});

test('a program that already runs is found, unless it is counted', async () => {
  for (const [pid, comm] of [
    [501, 'server.out'],
    [502, 'server.out'],
    [503, 'other'],
  ] as const) {
    kernel.write(`proc/${pid}/comm`, `${comm}\n`);
    kernel.write(`proc/${pid}/cmdline`, `${comm}\0`);
    fs.symlinkSync(path.join('/bin', comm), path.join(kernel.root, `proc/${pid}/exe`));
  }
  kernel.processes = [aProcess({ id: 1n, pid: 502 })];
  expect((await loadServer()).alreadyRunning).toEqual([{ program: 'server.out', pid: 501 }]);
});

test.each([
  ['ENOEXEC', 'ERR_KERNEL_MISMATCH'],
  ['ENOSYS', 'ERR_KERNEL_MISMATCH'],
  ['EKEYREJECTED', 'ERR_SIGNATURE'],
  ['ENOKEY', 'ERR_SIGNATURE'],
  ['EBADMSG', 'ERR_SIGNATURE'],
  ['EINVAL', 'ERR_INVALID_ARGUMENT'],
  ['ESRCH', 'ERR_NO_PROCESS'],
  ['EPERM', 'ERR_PERMISSION'],
  ['ENOMEM', 'ERR_SYSTEM'],
] as const)('finit_module failing with %s is %s', async (errno, code) => {
  kernel.failures.load.push(errno);
  await expect(loadServer()).rejects.toEqual(refusal(code));
});

test('a busy kernel is tried again while the module has said nothing', async () => {
  kernel.failures.load.push('EBUSY', 'EBUSY');
  expect(await loadServer()).toMatchObject({ loaded: true });
});

test('a kernel that stays busy is a conflict', async () => {
  kernel.failures.load.push(...Array.from({ length: 20 }, () => 'EBUSY'));
  await expect(loadServer()).rejects.toEqual(refusal('ERR_CONFLICT'));
});

test('EPERM under lockdown is ERR_LOCKDOWN', async () => {
  kernel.write('sys/kernel/security/lockdown', 'none [integrity] confidentiality\n');
  kernel.failures.load.push('EPERM');
  await expect(loadServer()).rejects.toEqual(refusal('ERR_LOCKDOWN', /integrity/));
});

describe('before anything is tried', () => {
  test('without CAP_SYS_MODULE it is ERR_PERMISSION', async () => {
    kernel.write('proc/self/status', 'CapEff:\t000001fffffeffff\n');
    await expect(loadServer()).rejects.toEqual(refusal('ERR_PERMISSION', /CAP_SYS_MODULE/));
  });
  test('with modules_disabled it is ERR_LOCKDOWN', async () => {
    kernel.write('proc/sys/kernel/modules_disabled', '1\n');
    await expect(loadServer()).rejects.toEqual(refusal('ERR_LOCKDOWN'));
  });
  test('a kernel without modules is told', async () => {
    fs.rmSync(path.join(kernel.host.proc, 'modules'));
    await expect(loadServer()).rejects.toEqual(refusal('ERR_KERNEL_MISMATCH', /no loadable modules/));
  });
  test('a .ko that is not there is told', async () => {
    await expect(loadServer({ ko: '/nonexistent.ko' })).rejects.toEqual(refusal('ERR_INVALID_ARGUMENT', /nonexistent/));
  });
  test('not on Linux it says so', async () => {
    await expect(load({ programs: ['x'] }, { ...kernel.host, platform: 'darwin' })).rejects.toEqual(
      refusal('ERR_NOT_LINUX', /darwin/),
    );
  });
  afterEach(() => {
    expect(kernel.loads).toEqual([]);
  });
});
