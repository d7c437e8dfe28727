// SPDX-License-Identifier: MIT
/** What goes wrong on the command line ends with a message that says what to do, and never with a stack. */
import assert from 'node:assert/strict';
import { mkdirSync, readlinkSync, rmdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { atEnd } from './lib/cleanup';
import { modulePath } from './lib/environment';
import { isLoaded, load } from './lib/module';
import { folder } from './lib/named';
import { assertMessage, lkmTraffic, packageFolder, run, trusted } from './lib/package';
import { slowTest, test } from './lib/plan';
import { execute, outputOf } from './lib/program';
import { status } from './lib/proc';

/** Each command is some seconds of TCG: what reads the command line has unit tests for the rest. */
const usage: [what: string, args: string[], says: RegExp][] = [
  ['load without a name', ['load'], /--fname/],
  ['an empty name', ['load', '--fname='], /empty/],
  ['a name longer than NAME_MAX', ['load', `--fname=${'n'.repeat(256)}`], /255/],
  ['an unknown option', ['load', '--fnmae=server.out'], /--fname/],
  ['no command', [], /--help|load/],
];

test('refuses a missing name, an empty or too long one, an unknown option and no command, and says what to do', async () => {
  await packageFolder();
  const results = await Promise.all(usage.map(([, args]) => lkmTraffic(...args)));
  for (const [n, [what, , says]] of usage.entries()) {
    const result = results[n];
    assert.ok(result);
    assertMessage(result, says);
    assert.equal(result.status, 2, what);
  }
  assert.equal(isLoaded(), false);
});

test('show, unload and status say that the module is not loaded', async () => {
  await packageFolder();
  const [status, ...others] = await Promise.all(['status', 'show', 'unload'].map((command) => lkmTraffic(command)));
  for (const result of others) {
    assertMessage(result, /not loaded[^]*ERR_NOT_LOADED|ERR_NOT_LOADED[^]*not loaded/);
    assert.equal(result.status, 1);
  }
  assert.equal(status?.status, 1);
  assert.match(status.stdout, /not loaded/i);
});

test("load with other parameters than the loaded module's shows both values and changes nothing", async () => {
  await load({ fname: 'first', history: 9 });
  const result = await lkmTraffic('load', '--fname=second', '--history=8');
  assertMessage(result, /history is 9, not 8[^]*unload/);
  assert.equal(result.status, 1);
  assert.equal(status()['watches'], '1');
});

test('a module built for another kernel is ERR_KERNEL_MISMATCH', async () => {
  const ko = trusted(process.env['OTHER_KO'] ?? '');
  const result = await lkmTraffic('load', '--fname=a', '--ko', ko);
  assertMessage(result, /another kernel[^]*ERR_KERNEL_MISMATCH|ERR_KERNEL_MISMATCH/);
  assert.equal(result.status, 1);
  await packageFolder();
  const api = await run(
    'mismatch.cjs',
    `require('lkm-traffic').load({ programs: ['a'], ko: '${ko}' }).catch((e) => console.log(e.name, e.code, e.cause.code, e.cause.syscall));`,
  );
  assert.equal(await api.output(), 'TrafficError ERR_KERNEL_MISMATCH ENOEXEC finit_module\n');
});

test('root does not load a module from a folder that other users can write to', async () => {
  const open = folder();
  await outputOf('chmod', ['777', open]);
  await outputOf('cp', [modulePath, `${open}/net_traffic.ko`]);
  const result = await lkmTraffic('load', '--fname=a', '--ko', `${open}/net_traffic.ko`);
  assertMessage(result, /ERR_PERMISSION/);
  assert.deepEqual([result.status, isLoaded()], [1, false]);
});

test('refuses a module file that is missing or is no module', async () => {
  for (const [text, says] of [
    [undefined, /net_traffic\.ko/],
    ['no module', /net_traffic\.ko|module/],
  ] as const) {
    const path = trusted(modulePath);
    if (text === undefined) unlinkSync(path);
    else writeFileSync(path, text);
    const result = await lkmTraffic('load', '--fname=a', '--ko', path);
    assertMessage(result, says);
    assert.equal(result.status, 1);
  }
});

test('without kernel headers the error names the command that installs them', async () => {
  // The guest's folder is a link into the host's files: an empty one in its place.
  const modules = `/lib/modules/${release()}`;
  const target = readlinkSync(modules);
  unlinkSync(modules);
  mkdirSync(modules);
  atEnd(() => {
    rmdirSync(modules);
    symlinkSync(target, modules);
  });
  const result = await lkmTraffic('load', '--fname=a');
  assertMessage(result, /ERR_NO_HEADERS/);
  assert.ok(result.stderr.includes(`apt-get install linux-headers-${release()}`), result.stderr);
  assert.equal(result.status, 1);
});

const unprivileged = [
  [test, 'nobody', ['--reuid=65534', '--regid=65534', '--clear-groups']],
  [
    slowTest,
    'root without capabilities',
    ['--bounding-set=-sys_module,-net_admin', '--inh-caps=-sys_module,-net_admin'],
  ],
] as const;
for (const [declare, who, options] of unprivileged) {
  declare(`${who} can neither load, nor show, nor unload, and the error says what that takes`, async () => {
    const bin = join(await packageFolder(), 'node_modules/.bin/lkm-traffic');
    const ko = trusted(modulePath);
    const env = { ...process.env, HOME: '/tmp/nobody' };
    const as = (...args: string[]) => execute('setpriv', [...options, bin, ...args], { cwd: '/tmp', env });
    const refused = await as('load', '--fname=a', '--ko', ko);
    assert.equal(isLoaded(), false);
    await load({ fname: 'a' });
    for (const result of [refused, ...(await Promise.all([as('show'), as('unload')]))]) {
      assertMessage(result, /ERR_PERMISSION/);
      assert.match(result.stderr, /sudo|root|CAP_/);
      assert.equal(result.status, 1);
    }
    assert.equal(isLoaded(), true);
  });
}

test('refuses to read a module that speaks another version of the format', async () => {
  // First: it unloads at the end, and what is mounted later is unmounted before that.
  await packageFolder();
  await load({ fname: 'a' });
  const other = join(folder(), 'other');
  writeFileSync(other, 'net_traffic 2\nsomething\tnew\n1\t2\n');
  for (const file of ['counters', 'programs', 'status']) {
    await outputOf('mount', ['--bind', other, `/proc/net_traffic/${file}`]);
    atEnd(async () => {
      await outputOf('umount', [`/proc/net_traffic/${file}`]);
    });
  }
  const result = await lkmTraffic('show');
  assertMessage(result, /ERR_ABI/);
  assert.equal(result.status, 1);
});

test('reports missing files of a loaded module without a stack trace', async () => {
  // First: it unloads at the end, and what is mounted later is unmounted before that.
  await packageFolder();
  await load({ fname: 'a' });
  await outputOf('mount', ['-t', 'tmpfs', 'nothing', '/proc/net_traffic']);
  atEnd(async () => {
    await outputOf('umount', ['/proc/net_traffic']);
  });
  const result = await lkmTraffic('show');
  assertMessage(result, /net_traffic/);
  assert.equal(result.status, 1);
});
