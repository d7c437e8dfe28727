// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { TrafficError } from '../../../src/errors';
import type { RunResult } from '../../../src/run/run';
import { cli, workingApi, type Outcome } from '../support/cli';
import { aProcess, tcp } from '../support/rows';
import { schemaErrors } from '../support/schema';

const running = async (given: Partial<RunResult>, ...argv: string[]): Promise<Outcome> => {
  const result = await workingApi.run('true', [], {});
  return cli(['run', ...argv], {
    run: (command, args) => Promise.resolve({ ...result, command: [command, ...args], ...given }),
  });
};

test('what follows -- is the command, as it was typed', async () => {
  let given: readonly string[] = [];
  await cli(['run', '--', 'cmd', '1e3', '--json', '-o', 'x', '--', '-5'], {
    run: (command, args, options) => {
      given = [command, ...args];
      return workingApi.run(command, args, options);
    },
  });
  expect(given).toEqual(['cmd', '1e3', '--json', '-o', 'x', '--', '-5']);
});

test.each([[['run']], [['run', '--']], [['run', 'curl']], [['run', '--families=unix', '--', 'x']]])(
  '%j is wrong usage, and says what is right',
  async (argv) => {
    const { status, err } = await cli(argv);
    expect(status).toBe(2);
    expect(err).toMatch(/run -- curl|--families|no option or argument 'curl'/);
  },
);

test.each([
  [{ exitCode: 0 }, 0],
  [{ exitCode: 3 }, 3],
  [{ exitCode: null, signal: 'SIGKILL' as const }, 137],
])('the exit status of %j is %i', async (given, status) => {
  expect((await running(given, '--', 'x')).status).toBe(status);
});

test.each([
  ['ENOENT', 127],
  ['EACCES', 126],
  ['ENOEXEC', 126],
])('a command that fails with %s gives %i', async (code, status) => {
  const cause = Object.assign(new Error(`spawn x ${code}`), { code });
  const outcome = await cli(['run', '--', 'x'], {
    run: () => Promise.reject(new TrafficError('ERR_COMMAND', 'x cannot be executed', { cause })),
  });
  expect([outcome.status, outcome.out]).toEqual([status, '']);
  expect(outcome.err).toMatch(/x cannot be executed/);
});

test('a failure of run itself is 125', async () => {
  const error = new TrafficError('ERR_PERMISSION', 'not root');
  expect((await cli(['run', '--', 'x'], { run: () => Promise.reject(error) })).status).toBe(125);
  expect((await cli(['run', '-o', '/nowhere/x', '--', 'x'])).status).toBe(125);
});

test('the report is on stderr: the total, how it ended, and after how long', async () => {
  const { out, err } = await running({ traffic: tcp(5_000_246n, 79n) }, '--', 'git', 'clone');
  expect(out).toBe('');
  expect(err).toMatch(/^git clone: exited 0 after 2\.25 s, \d+ processes$/m);
  expect(err).toMatch(/^Total {2}received 5000246 bytes \(5\.00 MB\), sent 79 bytes$/m);
});

test('what still runs is named, and a lower bound says why', async () => {
  const process = aProcess({ id: 7n, pid: 77, comm: 'daemon' });
  const { err } = await running({ running: [process], exact: false, reasons: ['zcrx'] }, '--', 'x');
  expect(err).toMatch(/^Still running, counted until x ended: 77 daemon$/m);
  expect(err).toMatch(/received at least/);
  expect(err).toMatch(/zcrx: it received by io_uring/);
});

test('-o writes the report to a file, in the format that was asked for', async () => {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'lkm-traffic-')), 'report');
  const { out, err } = await running({}, '-o', file, '--json', '--', 'x');
  expect([out, err]).toEqual(['', '']);
  const text = fs.readFileSync(file, 'utf8');
  fs.rmSync(path.dirname(file), { recursive: true });
  expect(schemaErrors(text)).toEqual([]);
  expect(JSON.parse(text)).toMatchObject({ type: 'run', command: ['x'], exitCode: 0 });
});

test.each(['json', 'ndjson', 'csv', 'prom'])('as %s', async (format) => {
  const { err } = await running({}, `--format=${format}`, '--', 'x');
  expect(err).toContain('18446744073709551615');
  if (format.endsWith('json')) expect(schemaErrors(err)).toEqual([]);
});
