// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { loadOn } from '../../../src/module/load';
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
const loadServer = (options: object = {}): ReturnType<typeof loadOn> =>
  loadOn(kernel.host, { programs: ['server.out'], ko: kernel.ko, ...options });

test('loads the module with the names as parameters', async () => {
  expect(await loadServer()).toEqual({
    ...{ loaded: true, ko: kernel.ko, engine: 'tracepoint', families: ['inet'] },
    ...{ programs: ['server.out'], pids: [], alreadyRunning: [] },
  });
  expect(kernel.loads).toEqual(['fname=server.out']);
  expect(kernel.commands).toEqual([]);
});

test('adds the names to a loaded module, for the module itself', async () => {
  kernel.insert();
  expect(await loadServer({ pids: [7] })).toMatchObject({ loaded: false, ko: null });
  expect(kernel.commands).toEqual(['0: watch follow=1 server.out', '0: attach 7']);
});

test('adds the names if another process loads the module first', async () => {
  kernel.failures.load.push('EEXIST');
  const { host } = kernel;
  const racing = {
    ...host,
    native: () => ({ ...host.native(), load: () => (kernel.insert(), host.native().load('', '')) }),
  };
  expect(await loadOn(racing, { programs: ['server.out'], ko: kernel.ko })).toMatchObject({ loaded: false });
  expect(kernel.commands).toEqual(['0: watch follow=1 server.out']);
});

test('adds the names if the kernel merged this load with that of another process', async () => {
  const { host } = kernel;
  const other = { ...host, native: () => ({ ...host.native(), load: () => host.native().load('', 'fname=first') }) };
  expect(await loadOn(other, { programs: ['server.out'], ko: kernel.ko })).toMatchObject({ loaded: false });
  expect(kernel.commands).toEqual(['0: watch follow=1 server.out']);
});

test('watches names that cannot be parameters after an idle load', async () => {
  await loadServer({ programs: ['a,b'] });
  expect([kernel.loads, kernel.commands]).toEqual([['idle=1'], ['0: watch follow=1 a,b']]);
});

test('unloads the module if such a watch fails', async () => {
  kernel.refused.set('watch', 'EINVAL');
  await expect(loadServer({ programs: ['a,b'] })).rejects.toEqual(refusal('ERR_INVALID_ARGUMENT'));
  expect(kernel.loaded).toBe(false);
});

test('rejects another parameter than the loaded one as a conflict, and adds nothing', async () => {
  kernel.insert();
  await expect(loadServer({ follow: false })).rejects.toEqual(refusal('ERR_CONFLICT', /follow is Y, not 0/));
  expect(kernel.commands).toEqual([]);
});

test('rejects with ERR_STOPPED if the module was stopped', async () => {
  kernel.insert();
  kernel.refused.set('watch', 'ESHUTDOWN');
  await expect(loadServer()).rejects.toEqual(refusal('ERR_STOPPED'));
});

test('lists running processes of a program, unless they are counted', async () => {
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
] as const)('reports a finit_module that fails with %s as %s', async (errno, code) => {
  kernel.failures.load.push(errno);
  await expect(loadServer()).rejects.toEqual(refusal(code));
});

test('tries again if the kernel is busy and the module wrote no line', async () => {
  kernel.failures.load.push('EBUSY', 'EBUSY');
  expect(await loadServer()).toMatchObject({ loaded: true });
});

test('rejects with ERR_CONFLICT if the kernel stays busy', async () => {
  kernel.failures.load.push(...Array.from({ length: 20 }, () => 'EBUSY'));
  await expect(loadServer()).rejects.toEqual(refusal('ERR_CONFLICT'));
});

test('rejects with ERR_LOCKDOWN for EPERM under lockdown', async () => {
  kernel.write('sys/kernel/security/lockdown', 'none [integrity] confidentiality\n');
  kernel.failures.load.push('EPERM');
  await expect(loadServer()).rejects.toEqual(refusal('ERR_LOCKDOWN', /integrity/));
});

describe('before any attempt to load', () => {
  test('rejects with ERR_PERMISSION without CAP_SYS_MODULE', async () => {
    kernel.write('proc/self/status', 'CapEff:\t000001fffffeffff\n');
    await expect(loadServer()).rejects.toEqual(refusal('ERR_PERMISSION', /CAP_SYS_MODULE/));
  });
  test('rejects with ERR_LOCKDOWN if modules_disabled is set', async () => {
    kernel.write('proc/sys/kernel/modules_disabled', '1\n');
    await expect(loadServer()).rejects.toEqual(refusal('ERR_LOCKDOWN'));
  });
  test('rejects a kernel without modules', async () => {
    fs.rmSync(path.join(kernel.host.proc, 'modules'));
    await expect(loadServer()).rejects.toEqual(refusal('ERR_KERNEL_MISMATCH', /does not support loadable modules/));
  });
  test('rejects a missing .ko', async () => {
    await expect(loadServer({ ko: '/nonexistent.ko' })).rejects.toEqual(refusal('ERR_INVALID_ARGUMENT', /nonexistent/));
  });
  test('rejects another system and names it', async () => {
    await expect(loadOn({ ...kernel.host, platform: 'darwin' }, { programs: ['x'] })).rejects.toEqual(
      refusal('ERR_NOT_LINUX', /macOS/),
    );
  });
  afterEach(() => {
    expect(kernel.loads).toEqual([]);
  });
});
