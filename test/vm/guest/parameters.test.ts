// SPDX-License-Identifier: MIT
/** Parameters that make no sense are refused with a line in the log, and leave nothing behind. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { kernelIsAtLeast } from './lib/environment';
import { kernelLog } from './lib/kernel-log';
import { insmod, isLoaded, load, type Parameters, unload } from './lib/module';
import { copied, named } from './lib/named';
import { test } from './lib/plan';
import { Program, execute, outputOf } from './lib/program';
import { counters, record, status } from './lib/proc';

interface Refusal {
  what: string;
  parameters: Parameters;
  /** What the module says of it; the kernel itself says something of what it cannot parse. */
  line?: RegExp;
}

const name255 = 'n'.repeat(255);
const refusals: Refusal[] = [
  { what: 'an empty fname', parameters: { fname: '' }, line: /^error - incorrect filename\.$/ },
  { what: 'an empty name in a list', parameters: { fname: 'a,,b' }, line: /^error - incorrect filename\.$/ },
  { what: 'a list that ends in a comma', parameters: { fname: 'a,' }, line: /^error - incorrect filename\.$/ },
  { what: 'a name longer than 255', parameters: { fname: `${name255}n` }, line: /^error - incorrect filename\.$/ },
  { what: 'history=0', parameters: { fname: 'a', history: 0 }, line: /^error - history / },
  { what: 'history=-1', parameters: { fname: 'a', history: -1 } },
  { what: 'families=foo', parameters: { fname: 'a', families: 'foo' }, line: /^error - families / },
  { what: 'families without inet', parameters: { fname: 'a', families: 'unix' }, line: /^error - families / },
  { what: 'a family that is empty', parameters: { fname: 'a', families: 'inet,' }, line: /^error - families / },
  { what: 'max_flows beyond the limit', parameters: { fname: 'a', max_flows: 65537 }, line: /^error - max_flows / },
  { what: 'engine=foo', parameters: { fname: 'a', engine: 'foo' }, line: /^error - engine / },
  { what: 'the pid of nobody', parameters: { pid: 4194303 }, line: /^error - .*process with PID = 4194303 / },
  { what: 'a pid that is no number', parameters: { pid: 'x' } },
  { what: 'pid=0', parameters: { pid: 0 }, line: /^error - / },
  {
    what: 'a pid of nobody after one that is there',
    parameters: { pid: `${process.pid},4194303` },
    line: /^error - .*process with PID = 4194303 /,
  },
  { what: 'gid=-2', parameters: { fname: 'a', gid: -2 }, line: /^error - gid / },
  { what: 'follow=maybe', parameters: { fname: 'a', follow: 'maybe' } },
];
if (!kernelIsAtLeast(6, 3)) {
  refusals.push({
    what: 'engine=tracepoint where the kernel has none',
    parameters: { fname: 'a', engine: 'tracepoint' },
    line: /^error - this kernel lacks what engine=tracepoint needs /,
  });
}

for (const { what, parameters, line } of refusals) {
  test(`${what} is refused, and the next load works`, async () => {
    const mark = kernelLog.mark();
    const { status: result, stderr } = await insmod(parameters);
    assert.notEqual(result, 0);
    assert.notEqual(stderr, '');
    assert.equal(isLoaded(), false);
    assert.equal(existsSync('/proc/net_traffic'), false);
    if (line)
      assert.ok(
        kernelLog.module(mark).some((said) => line.test(said)),
        kernelLog.since(mark).join('\n'),
      );
    else
      assert.ok(
        kernelLog.since(mark).some((said) => said.includes('net_traffic')),
        kernelLog.since(mark).join('\n'),
      );
    await load({ fname: 'a' });
    assert.equal(status()['state'], 'counting');
  });
}

test('accepts a name of 255 characters', async () => {
  await load({ fname: name255 });
  await outputOf(named(name255), ['send', '1']);
  assert.deepEqual(
    counters().map((row) => row['program']),
    [name255],
  );
});

test('loads with an unknown parameter and logs it', async () => {
  const mark = kernelLog.mark();
  await load({ fname: 'a', nonsense: 1 });
  assert.ok(kernelLog.since(mark).some((line) => line.includes("unknown parameter 'nonsense'")));
});

test('accepts a name with a space', async () => {
  await load({ fname: 'a program' });
  await outputOf(named('a program'), ['send', '1']);
  assert.deepEqual(
    counters().map((row) => [row['program'], row['comm']]),
    [['a program', 'a program']],
  );
});

test('refuses a second insmod, and the first module goes on counting', async () => {
  await load({ fname: 'a' });
  const { status: result, stderr } = await insmod({ fname: 'b' });
  assert.notEqual(result, 0);
  assert.match(stderr, /File exists/);
  assert.equal(status()['state'], 'counting');
});

test('every parameter has a description and can be read', async () => {
  await load({ fname: 'a,b', history: 7, log_packets: 1 });
  const described = (await outputOf('modinfo', ['-p', process.env['KO'] ?? '']))
    .trim()
    .split('\n')
    .map((line) => /^(\w+):\S/.exec(line)?.[1]);
  const names = ['engine', 'families', 'fname', 'follow', 'gid', 'history', 'idle', 'log_packets', 'max_flows', 'pid'];
  assert.deepEqual(described.sort(), names);
  const value = (name: string) => readFileSync(`/sys/module/net_traffic/parameters/${name}`, 'latin1').trim();
  assert.deepEqual(['fname', 'history', 'log_packets', 'follow', 'idle', 'families', 'gid'].map(value), [
    'a,b',
    '7',
    'Y',
    'Y',
    'N',
    'inet',
    '-1',
  ]);
});

test('pid= counts a running process and its children from then on, as a lower bound', async () => {
  const worker = new Program(named('worker'), ['send', '100', 'wait', 'send', '10', 'fork', 'send', '20']);
  await worker.line(/^waiting$/);
  await load({ pid: worker.pid });
  worker.write('\n');
  const child = Number(/^child (\d+)$/m.exec(await worker.output())?.[1]);
  const row = record(worker.pid);
  assert.deepEqual(
    [row['udp_tx_bytes'], row['since'], row['exact'], row['reasons'], row['program']],
    ['10', 'attach', '0', 'attached', '-'],
  );
  assert.deepEqual(
    [record(child)['udp_tx_bytes'], record(child)['since'], record(child)['exact']],
    ['20', 'fork', '1'],
  );
});

const modes = (): string[] =>
  ['counters', 'flows', 'programs', 'status', 'control'].map((file) =>
    (statSync(`/proc/net_traffic/${file}`).mode & 0o777).toString(8),
  );

/** What `cat` as somebody else says of a file of the module. */
async function readAs(options: string[], file: string): Promise<string> {
  const { status: result, stdout, stderr } = await execute('setpriv', [...options, 'cat', `/proc/net_traffic/${file}`]);
  return result === 0 ? (stdout.split('\n')[0] ?? '') : (/: ([^:]+)\n$/.exec(stderr)?.[1] ?? stderr);
}

test('only root with CAP_NET_ADMIN can open the files', async () => {
  await load({ fname: 'a' });
  assert.deepEqual(modes(), ['400', '400', '400', '400', '600']);
  for (const file of ['counters', 'flows', 'programs', 'status', 'control']) {
    assert.equal(await readAs(['--reuid=65534', '--clear-groups'], file), 'Permission denied', file);
    assert.equal(
      await readAs(['--bounding-set=-net_admin', '--inh-caps=-net_admin'], file),
      'Operation not permitted',
      file,
    );
    assert.equal(await readAs(['--bounding-set=-all,+net_admin', '--inh-caps=-all'], file), 'net_traffic 1', file);
  }
});

test('gid= lets a group read the counters and not write to control', async () => {
  await load({ fname: 'a', gid: 4242 });
  assert.deepEqual(modes(), ['440', '440', '440', '440', '600']);
  const member = ['--reuid=65534', '--regid=65534', '--groups=4242'];
  for (const file of ['counters', 'flows', 'programs', 'status']) {
    assert.equal(await readAs(member, file), 'net_traffic 1', file);
    assert.equal(await readAs(['--reuid=65534', '--clear-groups'], file), 'Permission denied', file);
  }
  assert.equal(await readAs(member, 'control'), 'Permission denied');
});

test('a module without watches keeps no record, and accepts names later', async () => {
  await load({ idle: 1 });
  await outputOf(copied('worker'), ['send', '10']);
  assert.deepEqual(counters(), []);
  await unload();
});
