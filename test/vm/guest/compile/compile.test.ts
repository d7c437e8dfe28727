// SPDX-License-Identifier: MIT
/** The user manual from make on. Compiling takes minutes in a guest: it has one of its own, in which nothing waits for it. */
import assert from 'node:assert/strict';
import { cpSync, existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { buildRoot, repository } from '../lib/environment';
import { followManual } from '../lib/manual';
import { folder } from '../lib/named';
import { test } from '../lib/plan';
import { outputOf } from '../lib/program';

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
      filter: (path) => part !== 'kmod' || source.test(path.slice(path.lastIndexOf('/') + 1)),
    });
  }
  const ko = join(copy, 'kmod/net_traffic.ko');
  assert.equal(existsSync(ko), false);
  const env = { ...process.env, MAKEFLAGS: `-j${cpus().length}` };
  const output = await outputOf('unshare', ['--mount', 'sh', '-euc', withoutNode, copy, buildRoot], { env });
  assert.equal(existsSync(ko), true, output);
  return join(copy, 'kmod');
}

test('the user manual from make on, on a system without Node', async () => {
  await followManual(await make());
}, 1200);
