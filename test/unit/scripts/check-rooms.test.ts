// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const ROOT = path.join(__dirname, '../../..');
const CHECK = path.join(ROOT, 'scripts/check-rooms.mjs');

const TABLE = `# a comment
kmod:
  main: main
  proc: proc/
  counts: counts/
  base: lock
src:
  cli: cli/
  index: index
  read: read/
  model: model/ # the lowest
`;

const SOURCES = {
  'kmod/main.c': '#include <linux/module.h>\n#include "proc/status.h"\n',
  'kmod/lock.h': '',
  'kmod/proc/status.c': '#include "proc/status.h"\n#include "counts/flow.h"\n',
  'kmod/proc/status.h': '',
  'kmod/counts/flow.c': '#include "counts/flow.h"\n#include "lock.h"\n',
  'kmod/counts/flow.h': '#include "peer.h"\n',
  'kmod/counts/peer.h': '',
  'src/index.ts': "export { read } from './read/read';\n",
  'src/cli/main.ts': "import fs from 'node:fs';\nimport { read } from '../index';\nimport './format/table';\n",
  'src/cli/format/table.ts': "import { type A } from '../../model/a';\n",
  'src/read/read.ts': "import type { A } from '../model/a';\n",
  'src/model/a.ts': '',
};

/** Runs the check on a repository with these sources, some of them replaced. */
function check(changed: Readonly<Record<string, string>> = {}, table = TABLE, ...args: string[]) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'lkm-traffic-rooms-'));
  try {
    for (const [file, text] of Object.entries({ ...SOURCES, 'scripts/rooms.txt': table, ...changed })) {
      fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      fs.writeFileSync(path.join(root, file), text);
    }
    const { status, stdout, stderr } = spawnSync(process.execPath, [CHECK, '--root', root, ...args], {
      encoding: 'utf8',
    });
    return { status, stdout, violations: stderr.split('\n').filter((line) => line !== '') };
  } finally {
    fs.rmSync(root, { recursive: true });
  }
}

test('this repository keeps its directions', () => {
  const { status, stderr } = spawnSync(process.execPath, [CHECK], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});

test('a tree that goes one way has no violation', () => {
  expect(check()).toMatchObject({ status: 0, stdout: '', violations: [] });
});

test('--order prints each unit above the units that it uses', () => {
  const { stdout } = check({}, TABLE, '--order');
  expect(stdout.split('\n').slice(0, 5)).toEqual([
    'kmod/main',
    'kmod/proc/status',
    'kmod/counts/flow',
    'kmod/counts/peer',
    'kmod/lock',
  ]);
});

test.each([
  [
    'kmod/counts/flow.c',
    '#include "proc/status.h"\n',
    "kmod/counts/flow.c:1: uses proc/status.h: 'counts' is below 'proc'",
  ],
  ['kmod/lock.h', '\n# include "counts/flow.h"\n', "kmod/lock.h:2: uses counts/flow.h: 'base' is below 'counts'"],
  [
    'src/model/a.ts',
    "\nimport type { B } from '../read/read';\n",
    "src/model/a.ts:2: uses ../read/read: 'model' is below",
  ],
  [
    'src/read/read.ts',
    "const m = await import('../cli/main');\n",
    "src/read/read.ts:1: uses ../cli/main: 'read' is below",
  ],
  ['src/read/read.ts', "export * from '../index';\n", "src/read/read.ts:1: uses ../index: 'read' is below 'index'"],
])('one upward use in %s is named', (file, text, named) => {
  const { status, violations } = check({ [file]: text });
  expect([status, violations[0]]).toEqual([1, expect.stringContaining(named)]);
});

test.each([
  ['kmod/counts/peer.h', '#include "counts/flow.h"\n', 'part of a cycle of units'],
  ['src/cli/format/table.ts', "import { main } from '../main';\n", 'part of a cycle of folders'],
  ['kmod/extra/new.c', '', 'kmod/extra/new.c: is in no room'],
  ['kmod/main.c', '#include "proc/missing.h"\n', 'kmod/main.c:1: uses proc/missing.h, which is no file of kmod/'],
])('%s with %j: %s', (file, text, named) => {
  const { status, violations } = check({ [file]: text });
  expect(status).toBe(1);
  expect(violations.join('\n')).toContain(named);
});

test('a room of the table that is not there is named', () => {
  const { status, violations } = check({}, TABLE.replace('model/ ', 'model/ gone/ '));
  expect([status, violations]).toEqual([1, ['scripts/rooms.txt: src/gone/ does not exist']]);
});
