// SPDX-License-Identifier: MIT
/** Who may see what others moved: nobody gets more from a descriptor, a namespace or a set-uid program than is his. */
import assert from 'node:assert/strict';
import { chmodSync, chownSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { kernelLog } from './lib/kernel-log';
import { load } from './lib/module';
import { folder, named } from './lib/named';
import { test } from './lib/plan';
import { Program, execute } from './lib/program';
import { readText, record } from './lib/proc';

const files = ['counters', 'flows', 'programs', 'status', 'control'];
const path = (file: string): string => `/proc/net_traffic/${file}`;
const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups'];
const member = ['--reuid=65534', '--regid=65534', '--groups=4242'];

async function refused(command: string, args: string[], why: RegExp): Promise<void> {
  const { status, stdout, stderr } = await execute(command, args);
  assert.notEqual(status, 0, `${args.join(' ')}: ${stdout}`);
  assert.match(stderr, why);
  assert.equal(stdout, '');
}

test('refuses every file to root of a user namespace, as in a container', async () => {
  await load({ fname: 'a' });
  for (const file of files) {
    await refused('unshare', ['--user', '--map-root-user', 'cat', path(file)], /Operation not permitted/);
    await refused(
      'setpriv',
      [...nobody, 'unshare', '--user', '--map-root-user', 'cat', path(file)],
      /Permission denied/,
    );
  }
  // Nor with namespaces of all kinds, and a /proc of its own.
  await refused(
    'unshare',
    ['-Urmpf', '--mount-proc', 'sh', '-c', `echo session > ${path('control')}`],
    /Operation not permitted|Permission denied/,
  );
});

test('a process without the right to a file cannot get it by a namespace, a group or a copied descriptor', async () => {
  await load({ fname: 'a', gid: 4242 });
  // The group is the initial namespace's: one who calls himself by its number elsewhere is not in it.
  await refused(
    'setpriv',
    [...nobody, 'unshare', '--user', '--map-group=4242', '--map-user=0', 'cat', path('counters')],
    /Permission denied/,
  );
  for (const mode of ['<', '>', '<>']) {
    await refused('setpriv', [...member, 'sh', '-c', `exec 3${mode}${path('control')}`], /Permission denied/);
  }
});

test("a set-uid program that writes to a reader's descriptor changes nothing", async () => {
  await load({ fname: 'a', gid: 4242 });
  const tool = join(folder(), 'echo-as-root');
  copyFileSync('/usr/bin/dd', tool);
  chownSync(tool, 0, 0);
  chmodSync(tool, 0o4755);
  chmodSync(join(tool, '..'), 0o755);
  const before = readText('programs');
  for (const file of ['counters', 'status']) {
    const text = `exec 3<${path(file)}; printf 'watch b' | ${tool} of=/dev/stdout status=none conv=notrunc >&3`;
    assert.notEqual((await execute('setpriv', [...member, 'sh', '-c', text])).status, 0, file);
  }
  assert.equal(readText('programs'), before);
});

test('a descriptor that was opened with the right to it can be read by any process that holds it', async () => {
  await load({ fname: 'worker' });
  await new Program(named('worker'), ['send', '10']).output();
  const result = await execute('sh', ['-c', `exec 3<${path('counters')}; exec setpriv ${nobody.join(' ')} cat <&3`]);
  assert.equal(result.stdout, readText('counters'));
});

test('no file and no line of the log contains a kernel address', async () => {
  const mark = kernelLog.mark();
  await load({ fname: 'worker', families: 'inet,unix,packet,vsock', log_packets: 1 });
  const worker = new Program(named('worker'), ['send', '10', 'fork', 'send', '20']);
  await worker.output();
  assert.equal(record(worker.pid)['udp_tx_bytes'], '10');
  const text = [...files.map(readText), ...kernelLog.module(mark)].join('\n');
  // As %px prints them, and as %p does: hashed, sixteen digits.
  assert.doesNotMatch(text, /\bffff[0-9a-f]{12}\b|\b0x[0-9a-f]+|\b(?=\d*[a-f])[0-9a-f]{16}\b/i);
});
