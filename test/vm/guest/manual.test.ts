// SPDX-License-Identifier: MIT
/** Appendix A of the source document: the user manual, by hand, with nothing of ours but the source. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, symlinkSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { atEnd } from './lib/cleanup';
import { buildRoot, forcedEngine, kernelIsAtLeast, modulePath, program, repository } from './lib/environment';
import { isLoaded, unload } from './lib/module';
import { folder } from './lib/named';
import { bound } from './lib/net';
import { test } from './lib/plan';
import { Program, outputOf } from './lib/program';

const source = /^[^.]+$|^[^.][^/]*(?<!\.mod)\.[ch]$/;

/** Run by sh in a mount namespace of its own: the root in which there is a compiler for this kernel, or this one. */
const withoutNode = `
  if [ -n "$1" ]; then
    # As unstable's user, who has no Node: what is here is for another release.
    for dir in /dev /proc /tmp; do mount --bind "$dir" "$1$dir"; done
    set -- chroot "$1"
  else
    # Files that cannot be executed.
    for f in $(which -a node npm npx); do mount --bind /dev/null "$(readlink -f "$f")"; done
    set --
  fi
  exec "$@" sh -c 'cd "$0" && ! npm && make' "$0"`;

/** What a user has: the source, and a system without Node. `make` and its product, kmod/net_traffic.ko. */
async function make(): Promise<string> {
  const copy = folder();
  for (const part of ['Makefile', 'scripts', 'kmod']) {
    cpSync(join(repository, part), join(copy, part), {
      recursive: true,
      filter: (path) => part !== 'kmod' || path.endsWith('/kmod') || source.test(path.slice(path.lastIndexOf('/') + 1)),
    });
  }
  const ko = join(copy, 'kmod/net_traffic.ko');
  assert.equal(existsSync(ko), false);
  const env = { ...process.env, MAKEFLAGS: `-j${cpus().length}` };
  const output = await outputOf('unshare', ['--mount', 'sh', '-euc', withoutNode, copy, buildRoot], { env });
  assert.equal(existsSync(ko), true, output);
  return join(copy, 'kmod');
}

/** What the suite compiled on the host, with the same make. */
function madeOnHost(): string {
  const copy = folder();
  symlinkSync(modulePath, join(copy, 'net_traffic.ko'));
  return copy;
}

/** insmod, run, dmesg, rmmod: as the manual has it, in the folder of the module. */
async function followManual(cwd: string): Promise<void> {
  atEnd(async () => {
    if (isLoaded()) await unload();
  });
  await outputOf('dmesg', ['-C']);
  const engine = forcedEngine === undefined ? [] : [`engine=${forcedEngine}`];
  await outputOf('insmod', ['net_traffic.ko', 'fname=server.out', 'log_packets=1', ...engine], { cwd });
  const server = new Program(program('send_recv/server.out'));
  await bound('tcp', 9877);
  for (let n = 0; n < 2; n++) await outputOf(program('send_recv/client.out'));
  server.kill('SIGINT');
  await server.output();
  await outputOf('rmmod', ['net_traffic']);

  const log = (await outputOf('dmesg')).split('\n').map((line) => line.replace(/^\[ *\d+\.\d+\] /, ''));
  const transfers = ['Traffic module: process received 35 bytes.', 'Traffic module: process sent 35 bytes.'];
  assert.deepEqual(
    log.filter((line) => line.startsWith('Traffic module: ')),
    [
      'Traffic module: loaded.',
      'Traffic module: program server.out is monitored.',
      `Traffic module: program server.out with PID = ${server.pid} executed.`,
      ...transfers,
      ...transfers,
      `Traffic module: process with PID = ${server.pid} exited.`,
      'Traffic module: received 70 bytes.',
      'Traffic module: sent      70 bytes.',
      'Traffic module: unloaded.',
    ],
  );
}

test('the user manual: insmod, run, dmesg, rmmod', async () => {
  await followManual(madeOnHost());
});

if (kernelIsAtLeast(6, 3) && forcedEngine === undefined) {
  test('the user manual from make on, on a system without Node', async () => {
    await followManual(await make());
  }, 1200);
} else {
  console.log(
    'not planned here: compiling takes minutes in a guest, so the manual starts with make on the newest kernel only',
  );
}
