// SPDX-License-Identifier: MIT
/** `lkm-traffic doctor` reports the true state of this machine. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { atEnd } from './lib/cleanup';
import { buildRoot, modulePath } from './lib/environment';
import { isLoaded, load } from './lib/module';
import { assertMessage, lkmTraffic, packageFolder, trusted } from './lib/package';
import { test } from './lib/plan';
import { execute, outputOf } from './lib/program';

interface Check {
  name: string;
  state: string;
  message: string;
  remedy: string | null;
}

/** What does not hold, by the name of the requirement. */
function failures(json: string): Map<string, Check> {
  const { checks } = JSON.parse(json) as { checks: Check[] };
  return new Map(checks.filter(({ state }) => state === 'failed').map((check) => [check.name, check]));
}

/** Another release's kernel is compiled in a root of its own: this one lacks that compiler. */
const expected = buildRoot === '' ? [] : ['compiler'];

test('doctor finds nothing missing on a machine that can load the module, before and after the load', async () => {
  await packageFolder();
  const { status, stdout, stderr } = await lkmTraffic('doctor', '--json');
  assert.deepEqual([...failures(stdout).keys()], expected, stdout);
  assert.equal(status, expected.length, stderr);
  const { checks, kernel } = JSON.parse(stdout) as { checks: Check[]; kernel: string };
  assert.equal(kernel, release());
  // In a guest every check has an answer.
  assert.deepEqual(
    checks.filter(({ state }) => state === 'unknown').map(({ name }) => name),
    [],
  );
  await load({ fname: 'a' });
  const loaded = await lkmTraffic('doctor');
  assert.match(loaded.stdout, /^module +ok +net_traffic \S+ is loaded/m);
});

test('doctor names the sysctl that turns ftrace on, and after it the module loads', async () => {
  await packageFolder();
  const ko = trusted(modulePath);
  await outputOf('sysctl', ['-q', '-w', 'kernel.ftrace_enabled=0']);
  atEnd(async () => {
    await outputOf('sysctl', ['-q', '-w', 'kernel.ftrace_enabled=1']);
  });
  const refused = await lkmTraffic('load', '--fname=a', '--ko', ko);
  assertMessage(refused, /ERR_CONFLICT[^]*\n {2}To check what else is missing: lkm-traffic doctor\n$/);
  const { status, stdout } = await lkmTraffic('doctor', '--json');
  const remedy = failures(stdout).get('ftrace')?.remedy ?? '';
  assert.deepEqual([status, remedy], [1, 'sysctl kernel.ftrace_enabled=1']);
  await outputOf('sh', ['-c', remedy]);
  assert.equal(readFileSync('/proc/sys/kernel/ftrace_enabled', 'latin1').trim(), '1');
  const loaded = await lkmTraffic('load', '--fname=a', '--ko', ko);
  assert.deepEqual([loaded.status, isLoaded()], [0, true], loaded.stderr);
});

test('doctor without root names the missing capability', async () => {
  const bin = join(await packageFolder(), 'node_modules/.bin/lkm-traffic');
  const env = { ...process.env, HOME: '/tmp/nobody' };
  const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups'];
  const { status, stdout } = await execute('setpriv', [...nobody, bin, 'doctor', '--json'], { cwd: '/tmp', env });
  const check = failures(stdout).get('capabilities');
  assert.equal(status, 1);
  assert.match(check?.message ?? '', /CAP_SYS_MODULE and CAP_NET_ADMIN/);
  assert.match(check?.remedy ?? '', /^sudo /);
});

test('doctor without make names the package to install', async () => {
  const bin = join(await packageFolder(), 'node_modules/.bin/lkm-traffic');
  // A file that cannot be executed, for this command alone.
  const script = 'for f in $(which -a make); do mount --bind /dev/null "$(readlink -f "$f")"; done; exec "$@"';
  const hidden = ['--mount', 'sh', '-euc', script, 'sh', bin, 'doctor', '--json'];
  const { status, stdout, stderr } = await execute('unshare', hidden, { cwd: '/tmp' });
  const check = failures(stdout).get('make');
  assert.deepEqual([status, check?.remedy], [1, 'apt-get install make'], stderr);
});
