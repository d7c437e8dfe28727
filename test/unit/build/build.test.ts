// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { build } from '../../../src/build/build';
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

test('it is built once', async () => {
  const first = await build({}, kernel.host);
  const second = await build({}, kernel.host);
  expect(first).toMatchObject({ kernel: '6.12.1-test', cached: false });
  expect(second).toEqual({ ...first, cached: true });
  expect(fs.readFileSync(first.ko, 'utf8')).toContain('int one;');
  expect(cached()).toEqual([path.basename(path.dirname(first.ko))]);
});

test('other source, and another kernel under the same release, are other builds', async () => {
  const first = await build({}, kernel.host);
  kernel.write('package/kmod/main.c', 'int two;\n');
  const second = await build({}, kernel.host);
  kernel.write('modules/6.12.1-test/build/Module.symvers', '0x1\tprintk\n');
  const third = await build({}, kernel.host);
  expect(new Set([first.ko, second.ko, third.ko]).size).toBe(3);
});

test('what an earlier build left in the source is neither hashed nor built', async () => {
  const first = await build({}, kernel.host);
  kernel.write('package/kmod/net_traffic.mod.c', 'generated\n');
  kernel.write('package/kmod/main.o', 'object\n');
  expect((await build({}, kernel.host)).ko).toBe(first.ko);
});

test('nothing of the caller reaches the compiler', async () => {
  process.env['KCFLAGS'] = '-DEVIL';
  try {
    const { ko } = await build({}, kernel.host);
    const environment = fs.readFileSync(ko, 'utf8');
    expect(environment).not.toMatch(/KCFLAGS/);
    expect(environment).toMatch(/^PATH=\/usr\/sbin:\/usr\/bin:\/sbin:\/bin$/m);
  } finally {
    delete process.env['KCFLAGS'];
  }
});

test('builders at the same time all get it', async () => {
  const results = await Promise.all([1, 2, 3].map(() => build({}, kernel.host)));
  expect(new Set(results.map(({ ko }) => ko)).size).toBe(1);
  expect(cached()).toHaveLength(1);
});

test('a failed compilation shows the end of its output, and leaves nothing', async () => {
  kernel.write('modules/6.12.1-test/build/Makefile', 'modules:\n\t@echo main.c:1: error: no such thing\n\t@false\n');
  await expect(build({}, kernel.host)).rejects.toEqual(refusal('ERR_BUILD', /no such thing/));
  expect(cached()).toEqual([]);
});

test('a compiler that is missing is named, with what installs it', async () => {
  kernel.write('os-release', 'ID=debian\n');
  kernel.write('modules/6.12.1-test/build/Makefile', 'modules:\n\t@echo "/bin/sh: 1: gcc-12: not found"; false\n');
  await expect(build({}, kernel.host)).rejects.toMatchObject({
    code: 'ERR_BUILD',
    message: expect.stringMatching(/^gcc-12/) as string,
    hint: 'apt-get install gcc-12',
  });
});

test('the compiler of the kernel is taken where gcc is another one', async () => {
  const toolPath = `${path.join(kernel.root, 'bin')}:${kernel.host.toolPath}`;
  for (const name of ['gcc', 'gcc-1']) fs.chmodSync(kernel.write(`bin/${name}`, '#!/bin/sh\necho 2\n'), 0o755);
  kernel.write('modules/6.12.1-test/build/include/config/auto.conf', 'CONFIG_GCC_VERSION=10200\n');
  kernel.write('modules/6.12.1-test/build/Makefile', 'modules:\n\techo $(CC) > $(M)/net_traffic.ko\n');
  const { ko } = await build({}, { ...kernel.host, toolPath });
  expect(fs.readFileSync(ko, 'utf8')).toBe('gcc-1\n');
});

test('an aborted build ends its compiler and leaves nothing', async () => {
  kernel.write('modules/6.12.1-test/build/Makefile', 'modules:\n\tsleep 60\n');
  const abort = new AbortController();
  const building = build({ signal: abort.signal }, kernel.host);
  setTimeout(() => {
    abort.abort(new Error('stop'));
  }, 100);
  await expect(building).rejects.toThrow('stop');
  expect(cached()).toEqual([]);
});

test('what a killed builder left is swept, what a living one has is not', async () => {
  kernel.write('cache/.build-4194304-x/kmod/main.c', '');
  kernel.write('cache/.build-1-x/kmod/main.c', '');
  await build({}, kernel.host);
  expect(cached().filter((name) => name.startsWith('.build'))).toEqual(['.build-1-x']);
});

test.each([
  ['ID=debian\n', 'apt-get install linux-headers-6.12.1-test'],
  ['ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'apt-get install linux-headers-6.12.1-test'],
  ['ID="fedora"\n', 'dnf install kernel-devel-6.12.1-test'],
  ['ID=arch\n', 'pacman -S linux-headers'],
  ['ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', 'zypper install kernel-test-devel'],
  ['ID=alpine\n', 'apk add linux-test-dev'],
])('without headers, %j is told %j', async (release, hint) => {
  fs.rmSync(path.join(kernel.root, 'modules/6.12.1-test/build'), { recursive: true });
  kernel.write('os-release', release);
  await expect(build({}, kernel.host)).rejects.toMatchObject({ code: 'ERR_NO_HEADERS', hint });
});

test('a folder that others can write to is no cache of root', async () => {
  const others = { ...kernel.host.lstat(''), mode: 0o777 };
  const host = {
    ...kernel.host,
    lstat: (file: string) => (file.endsWith('/cache') ? others : kernel.host.lstat(file)),
  };
  await expect(build({}, host)).rejects.toEqual(refusal('ERR_PERMISSION', /others may write/));
});

test('others than root build into their own cache', async () => {
  const host = { ...kernel.host, euid: 1000, env: { XDG_CACHE_HOME: path.join(kernel.root, 'xdg') } };
  expect((await build({}, host)).ko.startsWith(path.join(kernel.root, 'xdg/lkm-traffic/'))).toBe(true);
});

test.each(['', '../x', 'a b', '.'])('%j is no release of a kernel', async (release) => {
  await expect(build({ kernel: release }, kernel.host)).rejects.toEqual(refusal('ERR_INVALID_ARGUMENT'));
});
