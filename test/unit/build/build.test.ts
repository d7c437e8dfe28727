// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { buildOn } from '../../../src/build/build';
import { FakeKernel } from '../support/fake-kernel';
import { refusal } from '../support/refusal';

let kernel: FakeKernel;
const MAKEFILE = 'modules:\n\tenv > $(M)/net_traffic.ko\n\tcat $(M)/main.c >> $(M)/net_traffic.ko\n';

beforeEach(() => {
  kernel = new FakeKernel();
  kernel.write('package/kmod/Makefile', 'obj-m := net_traffic.o\n');
  kernel.write('package/kmod/main.c', 'int one;\n');
  kernel.write('modules/6.12.1-test/build/Makefile', MAKEFILE);
});
afterEach(() => {
  kernel.dispose();
});
const cached = (): string[] => (fs.existsSync(kernel.host.rootCache) ? fs.readdirSync(kernel.host.rootCache) : []);

test('builds the module once', async () => {
  const first = await buildOn(kernel.host, {});
  const second = await buildOn(kernel.host, {});
  expect(first).toMatchObject({ kernel: '6.12.1-test', cached: false });
  expect(second).toEqual({ ...first, cached: true });
  expect(fs.readFileSync(first.ko, 'utf8')).toContain('int one;');
  expect(cached()).toEqual([path.basename(path.dirname(first.ko))]);
});

test('builds again for other source, and for another kernel of the same release', async () => {
  const first = await buildOn(kernel.host, {});
  kernel.write('package/kmod/main.c', 'int two;\n');
  const second = await buildOn(kernel.host, {});
  kernel.write('modules/6.12.1-test/build/Module.symvers', '0x1\tprintk\n');
  const third = await buildOn(kernel.host, {});
  expect(new Set([first.ko, second.ko, third.ko]).size).toBe(3);
});

test('ignores files that an earlier build left in the source', async () => {
  const first = await buildOn(kernel.host, {});
  kernel.write('package/kmod/net_traffic.mod.c', 'generated\n');
  kernel.write('package/kmod/main.o', 'object\n');
  expect((await buildOn(kernel.host, {})).ko).toBe(first.ko);
});

test('passes no variable of the caller to the compiler', async () => {
  process.env['KCFLAGS'] = '-DEVIL';
  try {
    const { ko } = await buildOn(kernel.host, {});
    const environment = fs.readFileSync(ko, 'utf8');
    expect(environment).not.toMatch(/KCFLAGS/);
    expect(environment).toMatch(/^PATH=\/usr\/sbin:\/usr\/bin:\/sbin:\/bin$/m);
  } finally {
    delete process.env['KCFLAGS'];
  }
});

test('gives the same module to builders that run at the same time', async () => {
  const results = await Promise.all([1, 2, 3].map(() => buildOn(kernel.host, {})));
  expect(new Set(results.map(({ ko }) => ko)).size).toBe(1);
  expect(cached()).toHaveLength(1);
});

test('shows the end of the output of a failed compilation, and leaves no files', async () => {
  kernel.write('modules/6.12.1-test/build/Makefile', 'modules:\n\t@echo main.c:1: error: no such thing\n\t@false\n');
  await expect(buildOn(kernel.host, {})).rejects.toEqual(refusal('ERR_BUILD', /no such thing/));
  expect(cached()).toEqual([]);
});

test('names a missing compiler and the command that installs it', async () => {
  kernel.write('os-release', 'ID=debian\n');
  kernel.write('modules/6.12.1-test/build/Makefile', 'modules:\n\t@echo "/bin/sh: 1: gcc-12: not found"; false\n');
  await expect(buildOn(kernel.host, {})).rejects.toMatchObject({
    code: 'ERR_BUILD',
    message: expect.stringMatching(/^gcc-12/) as string,
    hint: 'To install gcc-12: apt-get install gcc-12',
  });
});

test('uses the compiler of the kernel if gcc is another one', async () => {
  const toolPath = `${path.join(kernel.root, 'bin')}:${kernel.host.toolPath}`;
  for (const name of ['gcc', 'gcc-1']) fs.chmodSync(kernel.write(`bin/${name}`, '#!/bin/sh\necho 2\n'), 0o755);
  kernel.write('modules/6.12.1-test/build/include/config/auto.conf', 'CONFIG_GCC_VERSION=10200\n');
  kernel.write('modules/6.12.1-test/build/Makefile', 'modules:\n\techo $(CC) > $(M)/net_traffic.ko\n');
  const { ko } = await buildOn({ ...kernel.host, toolPath }, {});
  expect(fs.readFileSync(ko, 'utf8')).toBe('gcc-1\n');
});

test('ends the compiler of an aborted build, and leaves no files', async () => {
  kernel.write('modules/6.12.1-test/build/Makefile', 'modules:\n\tsleep 60\n');
  const abort = new AbortController();
  const building = buildOn(kernel.host, { signal: abort.signal });
  setTimeout(() => {
    abort.abort(new Error('stop'));
  }, 100);
  await expect(building).rejects.toThrow('stop');
  expect(cached()).toEqual([]);
});

test('removes the folder of a killed builder, and keeps that of a running one', async () => {
  kernel.write('cache/.build-4194304-x/kmod/main.c', '');
  kernel.write('cache/.build-1-x/kmod/main.c', '');
  await buildOn(kernel.host, {});
  expect(cached().filter((name) => name.startsWith('.build'))).toEqual(['.build-1-x']);
});

test.each([
  ['ID=debian\n', 'apt-get install linux-headers-6.12.1-test'],
  ['ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'apt-get install linux-headers-6.12.1-test'],
  ['ID="fedora"\n', 'dnf install kernel-devel-6.12.1-test'],
  ['ID=arch\n', 'pacman -S linux-headers'],
  ['ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', 'zypper install kernel-test-devel'],
  ['ID=alpine\n', 'apk add linux-test-dev'],
])('without headers, %j gets the command %j', async (release, hint) => {
  fs.rmSync(path.join(kernel.root, 'modules/6.12.1-test/build'), { recursive: true });
  kernel.write('os-release', release);
  await expect(buildOn(kernel.host, {})).rejects.toMatchObject({
    code: 'ERR_NO_HEADERS',
    hint: `To install them: ${hint}`,
  });
});

test('rejects a cache of root that other users can write to', async () => {
  const others = { ...kernel.host.lstat(''), mode: 0o777 };
  const host = {
    ...kernel.host,
    lstat: (file: string) => (file.endsWith('/cache') ? others : kernel.host.lstat(file)),
  };
  await expect(buildOn(host, {})).rejects.toEqual(refusal('ERR_PERMISSION', /other users can write/));
});

test('builds into the cache of the user if it is not root', async () => {
  const host = { ...kernel.host, euid: 1000, env: { XDG_CACHE_HOME: path.join(kernel.root, 'xdg') } };
  expect((await buildOn(host, {})).ko.startsWith(path.join(kernel.root, 'xdg/lkm-traffic/'))).toBe(true);
});

test.each(['', '../x', 'a b', '.'])('rejects %j as the release of a kernel', async (release) => {
  await expect(buildOn(kernel.host, { kernel: release })).rejects.toEqual(refusal('ERR_INVALID_ARGUMENT'));
});
