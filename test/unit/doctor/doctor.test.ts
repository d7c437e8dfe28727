// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { doctorOn } from '../../../src/doctor/doctor';
import { TrafficError } from '../../../src/model/errors';
import type { CheckName, CheckState } from '../../../src/model/api-results';
import type { Host } from '../../../src/system/host';
import { FakeKernel } from '../support/fake-kernel';

const OPTIONS = 'CONFIG_MODULES=y\nCONFIG_DYNAMIC_FTRACE_WITH_ARGS=y\nCONFIG_TRACEPOINTS=y\n';
const HEADERS = 'modules/6.12.1-test/build';

let kernel: FakeKernel;
let host: Host;

/** Installs a program that prints a version. */
function tool(name: string, version = ''): void {
  fs.chmodSync(kernel.write(`bin/${name}`, `#!/bin/sh\necho ${version}\n`), 0o755);
}
const remove = (file: string): void => {
  fs.rmSync(path.join(kernel.root, file), { recursive: true });
};

beforeEach(() => {
  kernel = new FakeKernel();
  host = {
    ...kernel.host,
    arch: 'x64',
    boot: path.join(kernel.root, 'boot'),
    toolPath: path.join(kernel.root, 'bin'),
  };
  kernel.write('os-release', 'ID=debian\n');
  kernel.write('package/package.json', '{ "version": "0.1.0" }');
  kernel.write('proc/version', 'Linux version 6.12.1-test #1 SMP PREEMPT_DYNAMIC Debian\n');
  kernel.write('proc/self/uid_map', '         0          0 4294967295\n');
  kernel.write('proc/sys/kernel/modules_disabled', '0\n');
  kernel.write('proc/sys/kernel/ftrace_enabled', '1\n');
  kernel.write('sys/kernel/security/lsm', 'lockdown,capability\n');
  kernel.write('sys/kernel/security/lockdown', '[none] integrity confidentiality\n');
  kernel.write('sys/module/module/parameters/sig_enforce', 'N\n');
  kernel.write('boot/config-6.12.1-test', OPTIONS);
  kernel.write(`${HEADERS}/Makefile`, 'modules:\n');
  kernel.write(`${HEADERS}/include/generated/utsrelease.h`, '#define UTS_RELEASE "6.12.1-test"\n');
  kernel.write(`${HEADERS}/include/config/auto.conf`, `${OPTIONS}CONFIG_CC_IS_GCC=y\nCONFIG_GCC_VERSION=120200\n`);
  tool('make');
  tool('gcc', '12');
});
afterEach(() => {
  kernel.dispose();
});

interface Found {
  readonly healthy: boolean;
  readonly state: CheckState | undefined;
  readonly message: string | undefined;
  readonly remedy: string | null | undefined;
}

async function find(name: CheckName, changed: Partial<Host> = {}): Promise<Found> {
  const { healthy, checks } = await doctorOn({ ...host, ...changed });
  const check = checks.find((other) => other.name === name);
  return { healthy, state: check?.state, message: check?.message, remedy: check?.remedy };
}

test('reports every check as ok on a healthy machine, and changes nothing', async () => {
  const { healthy, kernel: release, checks } = await doctorOn(host);
  expect(checks.filter(({ state }) => state !== 'ok')).toEqual([]);
  expect(checks.every(({ remedy }) => remedy === null)).toBe(true);
  expect([healthy, release, checks.length]).toEqual([true, '6.12.1-test', 15]);
  expect(fs.existsSync(host.rootCache)).toBe(false);
});

test('fails the first check on another system, and makes no other check', async () => {
  const { healthy, checks } = await doctorOn({ ...host, platform: 'darwin' });
  expect(healthy).toBe(false);
  expect(new Set(checks.map(({ name, state }) => (name === 'linux' ? state : `other ${state}`)))).toEqual(
    new Set(['failed', 'other unknown']),
  );
});

type Bad = [
  what: string,
  name: CheckName,
  state: CheckState,
  remedy: RegExp | null,
  change: () => Partial<Host> | undefined,
];

/** Each entry changes one thing of the healthy machine. */
const bad: Bad[] = [
  ['another processor', 'architecture', 'failed', /x86-64/, () => ({ arch: 'arm64' })],
  ['an old kernel', 'kernel', 'failed', /^apt-get install linux-image-amd64;/, () => ({ release: '6.0.19-test' })],
  ['an older kernel', 'kernel', 'failed', /6\.1/, () => ({ release: '5.10.0-test' })],
  ['a kernel release without a number', 'kernel', 'unknown', null, () => ({ release: 'next' })],
  [
    'a real-time kernel',
    'realtime',
    'failed',
    /linux-image-amd64/,
    () => void kernel.write('proc/version', '#1 SMP PREEMPT_RT x\n'),
  ],
  [
    'a real-time kernel by its configuration',
    'realtime',
    'failed',
    /kernel/,
    () => void kernel.write('boot/config-6.12.1-test', `${OPTIONS}CONFIG_PREEMPT_RT=y\n`),
  ],
  [
    'a kernel without modules',
    'options',
    'failed',
    /kernel/,
    () => {
      remove('proc/modules');
    },
  ],
  [
    'a kernel without tracepoints',
    'options',
    'failed',
    /kernel/,
    () =>
      void kernel.write(
        'boot/config-6.12.1-test',
        OPTIONS.replace('CONFIG_TRACEPOINTS=y', '# CONFIG_TRACEPOINTS is not set'),
      ),
  ],
  [
    'no headers',
    'headers',
    'failed',
    /^apt-get install linux-headers-6\.12\.1-test$/,
    () => {
      remove('modules');
    },
  ],
  [
    'headers of another kernel',
    'headers',
    'failed',
    /linux-headers-6\.12\.1-test/,
    () => void kernel.write(`${HEADERS}/include/generated/utsrelease.h`, '#define UTS_RELEASE "6.12.2-test"\n'),
  ],
  [
    'no make',
    'make',
    'failed',
    /^apt-get install make$/,
    () => {
      remove('bin/make');
    },
  ],
  [
    'a make that cannot be executed',
    'make',
    'failed',
    /make/,
    () => {
      fs.chmodSync(path.join(kernel.root, 'bin/make'), 0o644);
    },
  ],
  [
    'no gcc',
    'compiler',
    'failed',
    /^apt-get install gcc$/,
    () => {
      remove('bin/gcc');
    },
  ],
  [
    'neither gcc nor headers',
    'compiler',
    'failed',
    /^apt-get install gcc$/,
    () => {
      remove('bin/gcc');
      remove('modules');
    },
  ],
  [
    'gcc without headers',
    'compiler',
    'unknown',
    null,
    () => {
      remove('modules');
    },
  ],
  [
    'another gcc than the one that Debian’s headers name',
    'compiler',
    'failed',
    /^apt-get install gcc-12$/,
    () => void kernel.write(`${HEADERS}/.kernelvariables`, 'CC = $(CCACHE) $(CROSS_COMPILE)gcc-12\n'),
  ],
  [
    'an older gcc',
    'compiler',
    'failed',
    /^apt-get install gcc-12$/,
    () => {
      tool('gcc', '11');
    },
  ],
  [
    'a newer gcc',
    'compiler',
    'warning',
    /gcc-12/,
    () => {
      tool('gcc', '13');
    },
  ],
  [
    'a gcc that does not run',
    'compiler',
    'unknown',
    null,
    () => {
      tool('gcc');
    },
  ],
  [
    'a kernel built by clang',
    'compiler',
    'warning',
    null,
    () =>
      void kernel.write(
        `${HEADERS}/include/config/auto.conf`,
        `${OPTIONS}CONFIG_CC_IS_CLANG=y\nCONFIG_GCC_VERSION=0\n`,
      ),
  ],
  [
    'no CAP_SYS_MODULE',
    'capabilities',
    'failed',
    /container/,
    () => void kernel.write('proc/self/status', 'CapEff:\t0000000000001000\n'),
  ],
  [
    'no CAP_NET_ADMIN',
    'capabilities',
    'failed',
    /container/,
    () => void kernel.write('proc/self/status', 'CapEff:\t0000000000010000\n'),
  ],
  [
    'another user',
    'capabilities',
    'failed',
    /^sudo lkm-traffic/,
    () => (kernel.write('proc/self/status', 'CapEff:\t0000000000000000\n'), { euid: 1000 }),
  ],
  ['a user namespace', 'capabilities', 'failed', /host/, () => void kernel.write('proc/self/uid_map', '0 1000 1\n')],
  [
    'modules_disabled',
    'modules_disabled',
    'failed',
    /reboot/,
    () => void kernel.write('proc/sys/kernel/modules_disabled', '1\n'),
  ],
  [
    'no modules_disabled',
    'modules_disabled',
    'unknown',
    null,
    () => {
      remove('proc/sys/kernel/modules_disabled');
    },
  ],
  [
    'lockdown',
    'signatures',
    'failed',
    /mokutil.*Secure Boot/,
    () => void kernel.write('sys/kernel/security/lockdown', 'none [integrity] confidentiality\n'),
  ],
  [
    'sig_enforce',
    'signatures',
    'failed',
    /mokutil.*sig_enforce/,
    () => void kernel.write('sys/module/module/parameters/sig_enforce', 'Y\n'),
  ],
  [
    'no securityfs',
    'signatures',
    'unknown',
    null,
    () => {
      remove('sys/kernel/security');
    },
  ],
  [
    'ftrace off',
    'ftrace',
    'failed',
    /^sysctl kernel\.ftrace_enabled=1$/,
    () => void kernel.write('proc/sys/kernel/ftrace_enabled', '0\n'),
  ],
  [
    'no ftrace',
    'ftrace',
    'unknown',
    null,
    () => {
      remove('proc/sys/kernel/ftrace_enabled');
    },
  ],
  [
    'no addon',
    'addon',
    'failed',
    /^npm run/,
    () => ({
      native: () => {
        throw new TrafficError('ERR_SYSTEM', 'It does not load.', { hint: 'npm run build:addon' });
      },
    }),
  ],
  [
    'a cache that other users can write to',
    'cache',
    'failed',
    /^chmod go-w \S+\/cache$/,
    () => {
      fs.mkdirSync(host.rootCache);
      return { lstat: (file) => ({ ...kernel.host.lstat(file), mode: file.endsWith('/cache') ? 0o777 : 0o755 }) };
    },
  ],
  [
    'a cache of another user',
    'cache',
    'failed',
    /^chown root:root \/$/,
    () => ({ lstat: (file) => ({ ...kernel.host.lstat(file), uid: 1000 }) }),
  ],
  [
    'a module of another version',
    'module',
    'warning',
    /^lkm-traffic unload/,
    () => {
      kernel.insert();
      kernel.statusValues = { version: '0.0.9' };
    },
  ],
  [
    'another module of this name',
    'module',
    'failed',
    /rmmod/,
    () => {
      kernel.insert();
      kernel.failures.read.push('ENOENT');
    },
  ],
  [
    'a module whose files cannot be read',
    'module',
    'unknown',
    null,
    () => {
      kernel.insert();
      kernel.failures.read.push('EACCES');
    },
  ],
];

test.each(bad)('finds %s: the check %s is %s', async (_, name, state, remedy, change) => {
  const found = await find(name, change() ?? {});
  expect(found.state).toBe(state);
  if (state === 'failed') expect(found.healthy).toBe(false);
  if (remedy === null) expect(found.remedy).toBeNull();
  else expect(found.remedy).toMatch(remedy);
});

test('reads /proc/config.gz first, then the file in /boot, then that of the headers', async () => {
  kernel.write('proc/config.gz', '');
  fs.writeFileSync(path.join(kernel.root, 'proc/config.gz'), gzipSync(OPTIONS));
  expect((await find('options')).message).toMatch(/config\.gz/);
  remove('proc/config.gz');
  expect((await find('options')).message).toMatch(/boot\/config-/);
  remove('boot');
  expect((await find('options')).message).toMatch(/auto\.conf/);
  remove('modules');
  expect((await find('options')).state).toBe('unknown');
});

test('selects the gcc that built the kernel if it is installed beside another one', async () => {
  tool('gcc', '11');
  tool('gcc-12', '12');
  expect(await find('compiler')).toMatchObject({
    state: 'ok',
    message: expect.stringMatching(/gcc-12 \(gcc 12\)/) as string,
  });
});

test('warns, and does not fail, if the module is loaded under lockdown', async () => {
  kernel.write('sys/kernel/security/lockdown', 'none [integrity] confidentiality\n');
  kernel.insert();
  expect((await find('signatures')).state).toBe('warning');
});

test('does not fail for Secure Boot alone', async () => {
  const variable = 'sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c';
  fs.writeFileSync(kernel.write(variable, ''), Buffer.from([6, 0, 0, 0, 1]));
  expect(await find('signatures')).toMatchObject({
    state: 'ok',
    message: expect.stringMatching(/Secure Boot/) as string,
  });
});

test('does not check who can write to the cache of a user other than root', async () => {
  const XDG_CACHE_HOME = path.join(kernel.root, 'xdg');
  expect(await find('cache', { euid: 1000, env: { XDG_CACHE_HOME } })).toMatchObject({ state: 'ok' });
});

test.each([
  [
    'ID=ubuntu\nID_LIKE=debian\n',
    ['apt-get install linux-headers-6.12.1-test', 'apt-get install make', 'apt-get install gcc'],
  ],
  [
    'ID="rhel"\nID_LIKE="fedora"\n',
    ['dnf install kernel-devel-6.12.1-test', 'dnf install make', 'dnf install gcc elfutils-libelf-devel'],
  ],
  [
    'ID=arch\n',
    [
      'pacman -S linux-headers; then reboot if an upgrade has replaced the running kernel',
      'pacman -S make',
      'pacman -S gcc',
    ],
  ],
  [
    'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n',
    ['zypper install kernel-test-devel', 'zypper install make', 'zypper install gcc'],
  ],
  [
    'ID=alpine\n',
    [
      'apk add linux-test-dev; then reboot if an upgrade has replaced the running kernel',
      'apk add make',
      'apk add gcc',
    ],
  ],
  ['ID=plan9\n', ['Install the headers (development files) of kernel 6.12.1-test.', 'Install make.', 'Install gcc.']],
])('%j gets the commands of its distribution', async (release, remedies) => {
  kernel.write('os-release', release);
  for (const file of ['modules', 'bin/make', 'bin/gcc']) remove(file);
  const { checks } = await doctorOn(host);
  expect(checks.flatMap(({ remedy }) => remedy ?? [])).toEqual(remedies);
});
