// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { findRunning } from '../../../src/read/running';
import { FakeKernel } from '../support/fake-kernel';

let kernel: FakeKernel;
beforeEach(() => {
  kernel = new FakeKernel();
});
afterEach(() => {
  kernel.dispose();
});

function runs(pid: number, comm: string, exe: string, ...argv: string[]): void {
  kernel.write(`proc/${pid}/comm`, `${comm}\n`);
  kernel.write(`proc/${pid}/cmdline`, argv.map((word) => `${word}\0`).join(''));
  if (exe !== '') fs.symlinkSync(exe, path.join(kernel.root, `proc/${pid}/exe`));
}
const pidsOf = (program: string): number[] => findRunning(kernel.host, [program], new Set()).map(({ pid }) => pid);

test('finds a program by its file, even if the file was replaced', () => {
  runs(10, 'server.out', '/opt/server.out', './server.out');
  runs(11, 'renamed', '/opt/server.out (deleted)', 'renamed');
  runs(12, 'client.out', '/opt/client.out', './client.out', 'server.out');
  expect(pidsOf('server.out')).toEqual([10, 11]);
});

test('finds a script by its own name, even if it is longer than a comm', () => {
  runs(10, 'backup.sh', '/bin/bash', '/bin/bash', '/opt/backup.sh');
  runs(11, 'very-long-scrip', '/usr/bin/python3', 'python3', '/opt/very-long-script.py');
  expect(pidsOf('backup.sh')).toEqual([10]);
  expect(pidsOf('very-long-script.py')).toEqual([11]);
  expect(pidsOf('very-long-scrip')).toEqual([]);
});

test('finds no process in a PID namespace of its own', () => {
  runs(10, 'server.out', '/opt/server.out', './server.out');
  kernel.enterPidNamespace();
  expect(pidsOf('server.out')).toEqual([]);
});

test('ignores a process that ends during the search', () => {
  fs.mkdirSync(path.join(kernel.host.proc, '10'));
  expect(pidsOf('*')).toEqual([]);
});
