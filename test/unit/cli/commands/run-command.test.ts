// SPDX-License-Identifier: MIT
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { SignalListener } from '../../../../src/cli/command-line/command';
import { TrafficError } from '../../../../src/model/errors';
import { IN_WORDS } from '../../../../src/model/reasons';
import type { RunResult } from '../../../../src/model/api-results';
import { aSnapshot, cli, workingApi, type Outcome } from '../../support/cli';
import { aProcess, tcp } from '../../support/rows';
import { schemaErrors } from '../../support/schema';

const running = async (given: Partial<RunResult>, ...argv: string[]): Promise<Outcome> => {
  const result = await workingApi.run('true', [], {});
  return cli(['run', ...argv], {
    run: (command, args) => Promise.resolve({ ...result, command: [command, ...args], ...given }),
  });
};

test('passes on the words after -- unchanged', async () => {
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
  '%j is wrong usage, and the message has the correct usage',
  async (argv) => {
    const { status, err } = await cli(argv);
    expect(status).toBe(2);
    expect(err).toMatch(/run -- curl|--families/);
  },
);

test.each([
  [{ exitCode: 0 }, 0],
  [{ exitCode: 3 }, 3],
  [{ exitCode: null, signal: 'SIGKILL' }, 137],
  [{ exitCode: null, signal: 'SIG34' }, 162],
  [{ exitCode: null, signal: 'SIG64' }, 192],
])('the exit status of %j is %i', async (given, status) => {
  expect((await running(given, '--', 'x')).status).toBe(status);
});

test('prints the number of a signal that has no name', async () => {
  const given = { exitCode: null, signal: 'SIG34' };
  expect((await running(given, '--', 'x')).err).toMatch(/^x: SIG34 after /m);
  const { err } = await running(given, '--json', '--', 'x');
  expect([schemaErrors(err), JSON.parse(err)]).toEqual([[], expect.objectContaining(given) as object]);
});

test.each([
  ['ENOENT', 127],
  ['EACCES', 126],
  ['ENOEXEC', 126],
])('a command that cannot start because of %s exits with %i', async (code, status) => {
  const cause = Object.assign(new Error(`spawn x ${code}`), { code });
  const outcome = await cli(['run', '--', 'x'], {
    run: () => Promise.reject(new TrafficError('ERR_COMMAND', 'x cannot be executed', { cause })),
  });
  expect([outcome.status, outcome.out]).toEqual([status, '']);
  expect(outcome.err).toMatch(/x cannot be executed/);
});

test('exits with 125 if run itself fails', async () => {
  const error = new TrafficError('ERR_PERMISSION', 'not root');
  expect((await cli(['run', '--', 'x'], { run: () => Promise.reject(error) })).status).toBe(125);
});

test('prints total, ending and duration on stderr', async () => {
  const { out, err } = await running({ traffic: tcp(5_000_246n, 79n) }, '--', 'git', 'clone');
  expect(out).toBe('');
  expect(err).toMatch(/^git clone: exited 0 after 2\.25 s, \d+ processes$/m);
  expect(err).toMatch(/^Total {2}received 5000246 bytes \(5\.00 MB\), sent 79 bytes$/m);
});

test('names processes that still run, and the reason for a lower bound', async () => {
  const process = aProcess({ id: 7n, pid: 77, comm: 'daemon' });
  const { err } = await running({ running: [process], exact: false, reasons: ['zcrx'] }, '--', 'x');
  expect(err).toMatch(/^Still running, counted until x ended: 77 daemon$/m);
  expect(err).toMatch(/received at least/);
  expect(err).toContain(`zcrx: ${IN_WORDS['zcrx']}`);
});

test('-o writes the report to a file in the requested format', async () => {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'lkm-traffic-')), 'report');
  const { out, err } = await running({}, '-o', file, '--json', '--', 'x');
  expect([out, err]).toEqual(['', '']);
  const text = fs.readFileSync(file, 'utf8');
  fs.rmSync(path.dirname(file), { recursive: true });
  expect(schemaErrors(text)).toEqual([]);
  expect(JSON.parse(text)).toMatchObject({ type: 'run', command: ['x'], exitCode: 0 });
});

test.each(['json', 'ndjson', 'csv', 'prom'])('prints the report as %s', async (format) => {
  const { err } = await running({}, `--format=${format}`, '--', 'x');
  expect(err).toContain('18446744073709551615');
  if (format.endsWith('json')) expect(schemaErrors(err)).toEqual([]);
});

test.each(['process', 'program', 'remote', 'scope'])('--by %s, in each format', async (by) => {
  for (const format of ['table', 'json', 'ndjson', 'csv', 'prom']) {
    const { status, err } = await cli(['run', `--by=${by}`, `--format=${format}`, '--', 'x'], { run: workingApi.run });
    expect([status, format, err]).toEqual([0, format, expect.stringContaining('18446744073709551') as string]);
    if (format.endsWith('json')) expect(schemaErrors(err)).toEqual([]);
  }
});

test('--by program adds up by executed file, the largest first, and names what is no longer listed', async () => {
  const processes = [
    aProcess({ id: 1n, exe: '/bin/sh', traffic: tcp(1n) }),
    aProcess({ id: 2n, exe: '/bin/curl', traffic: tcp(10n) }),
    aProcess({ id: 3n, exe: '/bin/curl', traffic: tcp(20n) }),
  ];
  const { err } = await running({ processes, evicted: 2n, traffic: tcp(38n) }, '--by=program', '--', 'x');
  expect(err).toMatch(/\/bin\/curl +2 +30 .*\n\/bin\/sh +1 +1 .*\nno longer listed +2 +7 /);
});

test.each(['process', 'program'])('--by %s adds up even if the last bytes of a process were not seen', async (by) => {
  const processes = [aProcess({ id: 1n, exe: '/bin/curl', traffic: tcp(100n), exact: false, reasons: ['evicted'] })];
  const { err } = await running({ processes, traffic: tcp(1000n), exact: false }, `--by=${by}`, '--', 'x');
  expect(err).toMatch(/these, after the last look.* >=900 /);
  const json = await running({ processes, traffic: tcp(1000n), exact: false }, `--by=${by}`, '--json', '--', 'x');
  expect(schemaErrors(json.err)).toEqual([]);
});

test('-r prints each run, then mean and spread', async () => {
  let bytes = 0n;
  const { status, err } = await cli(['run', '-r', '3', '--', 'x'], {
    run: async (...call) => ({ ...(await workingApi.run(...call)), traffic: tcp((bytes += 10n), 7n) }),
  });
  expect(status).toBe(0);
  expect(err.match(/^\d\. x: exited 0/gm)).toEqual(['1. x: exited 0', '2. x: exited 0', '3. x: exited 0']);
  expect(err).toMatch(/^x: 3 runs, exited 0$/m);
  expect(err).toMatch(/^Received bytes +20\.0 +10\.0 +10 +30$/m);
  expect(err).toMatch(/^Sent bytes +7\.0 +0\.0 +7 +7$/m);
});

test.each(['json', 'ndjson', 'csv', 'prom'])('-r as %s', async (format) => {
  const { err } = await cli(['run', '-r', '2', `--format=${format}`, '--', 'x'], { run: workingApi.run });
  if (format.endsWith('json')) {
    const lines = err.trim().split('\n');
    expect(lines.map((line) => schemaErrors(line))).toEqual([[], [], []]);
    expect(lines.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(['run', 'run', 'runs']);
  } else {
    expect(err).toMatch(
      format === 'csv' ? /^what,mean,stddev,min,max\nreceivedBytes,/ : /lkm_traffic_runs_received_bytes\{of="min"\}/,
    );
  }
});

test('a command that fails is not repeated', async () => {
  const { status, err } = await running({ exitCode: 4 }, '-r', '3', '--', 'x');
  expect(status).toBe(4);
  expect(err).toMatch(/^x: 1 run of 3, exited 4$/m);
});

test.each([
  ['between two runs', false],
  ['while the next run is prepared', true],
])('a signal %s stops the repetitions with 128+N, and the finished runs are reported', async (_, during) => {
  let send: SignalListener = () => undefined;
  let calls = 0;
  const run: typeof workingApi.run = async (command, args, options) => {
    calls += 1;
    if (calls === 3) {
      send('SIGTERM');
      options?.signal?.throwIfAborted();
    }
    options?.onStart?.({ pid: 1, hasEnded: () => true, kill: () => undefined });
    if (calls === 2 && !during) send('SIGTERM');
    return workingApi.run(command, args, options);
  };
  const { status, err } = await cli(
    ['run', '-r', '5', '--', 'x'],
    { run },
    {},
    { takeSignals: (listener) => (send = listener) },
  );
  expect([calls, status]).toEqual([during ? 3 : 2, 143]);
  expect(err).toMatch(/^x: 2 runs of 5, exited 0$/m);
});

test('a signal after the last run changes nothing; a failure of the next run is a failure', async () => {
  const ends = async (repeats: number, failure?: Error): Promise<Outcome> => {
    let send: SignalListener = () => undefined;
    const run: typeof workingApi.run = async (command, args, options) => {
      options?.onStart?.({ pid: 1, hasEnded: () => true, kill: () => undefined });
      send('SIGTERM');
      if (failure) throw failure;
      return workingApi.run(command, args, options);
    };
    return cli(['run', `-r${repeats}`, '--', 'x'], { run }, {}, { takeSignals: (listener) => (send = listener) });
  };
  expect((await ends(1)).status).toBe(0);
  expect((await ends(3, new TrafficError('ERR_SYSTEM', 'It broke.'))).status).toBe(125);
});

test('-I prints one line per sample', async () => {
  const api = {
    run: (async (command, args, options) => {
      options?.onSample?.(aSnapshot);
      options?.onSample?.(aSnapshot);
      return workingApi.run(command, args, options);
    }) satisfies typeof workingApi.run,
  };
  const { err } = await cli(['run', '-I', '0.5', '--', 'x'], api);
  expect(err.match(/^ +\d+\.\d\d s {2}received /gm)).toHaveLength(2);
  const lines = (await cli(['run', '-I', '500ms', '--json', '--', 'x'], api)).err.trim().split('\n');
  expect(lines.map((line) => [schemaErrors(line), (JSON.parse(line) as { type: string }).type])).toEqual([
    [[], 'runSample'],
    [[], 'runSample'],
    [[], 'run'],
  ]);
  expect((await cli(['run', '-I', '1', '--format=csv', '--', 'x'], api)).status).toBe(2);
});

test('--output-fd accepts only a descriptor that is open for writing', async () => {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'lkm-traffic-')), 'report');
  const fd = fs.openSync(file, 'w');
  const { status, err } = await running({}, `--output-fd=${fd}`, '--json', '--', 'x');
  fs.closeSync(fd);
  expect([status, err, schemaErrors(fs.readFileSync(file, 'utf8'))]).toEqual([0, '', []]);
  const read = fs.openSync(file, 'r');
  expect((await running({}, `--output-fd=${read}`, '--', 'x')).status).toBe(2);
  fs.closeSync(read);
  expect((await running({}, '--output-fd=99999', '--', 'x')).status).toBe(2);
  expect((await running({}, '--output-fd=1', '-o', file, '--', 'x')).status).toBe(2);
  fs.rmSync(path.dirname(file), { recursive: true });
});

test('--output-fd accepts a pipe to another process, but not a pipe inside of Node', async () => {
  const pipes = new Map<string, string[]>();
  for (const fd of fs.readdirSync('/proc/self/fd')) {
    const target = fs.existsSync(`/proc/self/fd/${fd}`) ? fs.readlinkSync(`/proc/self/fd/${fd}`) : '';
    if (target.startsWith('pipe:')) pipes.set(target, [...(pipes.get(target) ?? []), fd]);
  }
  // One end alone was handed over to the test itself.
  const own = [...pipes.values()]
    .filter((ends) => ends.length === 2)
    .flat()
    .filter((fd) => Number(fd) > 2);
  expect(own.length).toBeGreaterThan(3);
  for (const fd of own) expect((await running({}, `--output-fd=${fd}`, '--', 'x')).status).toBe(2);

  const shell = spawn('bash', ['-c', 'exec 3> >(cat); echo up; read -r'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [chunk] = (await once(shell.stdout, 'data')) as [Buffer];
  const [one, other] = [1, 2].map(() => fs.openSync(`/proc/${shell.pid}/fd/3`, 'w')) as [number, number];
  const { status } = await running({}, `--output-fd=${one}`, '--json', '--', 'x');
  for (const fd of [one, other]) fs.closeSync(fd);
  shell.stdin.end();
  let text = '';
  for await (const more of shell.stdout) text += String(more);
  expect([String(chunk), status, schemaErrors(text)]).toEqual(['up\n', 0, []]);
});

test('prints a report on stderr if its file cannot be written', async () => {
  const { status, err } = await running({ traffic: tcp(77n) }, '-o', '/dev/full', '--', 'x');
  expect(status).toBe(125);
  expect(err).toMatch(/received 77 bytes[^]*The report could not be written to its file; it is printed above/);
});

test('-I continues on stderr if a line cannot be written', async () => {
  const { status, err } = await cli(['run', '-o', '/dev/full', '-I', '1', '--', 'x'], {
    run: async (command, args, options) => {
      options?.onSample?.(aSnapshot);
      options?.onSample?.(aSnapshot);
      return { ...(await workingApi.run(command, args, options)), exitCode: 7 };
    },
  });
  expect(status).toBe(125);
  expect(err.match(/^ +\d+\.\d\d s {2}received /gm)).toHaveLength(2);
  expect(err).toMatch(
    /^x: exited 7 after [^]*^Total {2}[^]*The report could not be written to its file; it is printed above/m,
  );
});

test('exits with 125 if stderr does not take the report; CMD runs even so, and a lost note is no failure', async () => {
  let runs = 0;
  const run: typeof workingApi.run = (...call) => {
    runs += 1;
    return workingApi.run(...call);
  };
  const full = (): never => {
    throw new TrafficError('ERR_SYSTEM', 'stderr cannot be written.');
  };
  const statusOf = async (...options: string[]): Promise<number> =>
    (await cli(['run', ...options, '--', 'x'], { run }, { SUDO_USER: 'somebody' }, { err: full })).status;
  expect([await statusOf(), runs]).toEqual([125, 1]);
  expect([await statusOf('-o', '/dev/null'), runs]).toEqual([0, 2]);
  expect([await statusOf('-o', '/dev/full'), runs]).toEqual([125, 3]);
  expect([await statusOf('-r', '2'), runs]).toEqual([125, 5]);
});

test('-o of a file that cannot be opened is wrong usage, and nothing runs', async () => {
  const { status, err } = await cli(['run', '-o', '/nowhere/\x1b', '--', 'x']);
  expect([status, err]).toEqual([
    2,
    expect.stringMatching(/^lkm-traffic: Cannot open the file of --output: ENOENT.*\/nowhere\/\\x1b'\n$/),
  ]);
});

test('--github appends to the job summary, and escapes the words of the command', async () => {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'lkm-traffic-')), 'summary.md');
  fs.writeFileSync(file, '# Before\n');
  const env = { GITHUB_STEP_SUMMARY: file };
  const argv = ['run', '--github', '--max-rx=1', '--', 'a`b', '<b>\n# c'];
  const { status } = await cli(argv, { run: workingApi.run }, env);
  const text = fs.readFileSync(file, 'utf8');
  fs.rmSync(path.dirname(file), { recursive: true });
  expect(status).toBe(3);
  expect(text).toMatch(/^# Before\n### Network traffic of `` a`b <b>\\x0a# c ``\n\n\*\*received /);
  expect(text).toMatch(/^- ❌ Over budget/m);
  expect((await cli(argv)).status).toBe(2);
});

test('passes --user and --pid on to the API', async () => {
  const given: unknown[] = [];
  await cli(['run', '--user=nobody', '--pid=1,2', '--wait', '--', 'x'], {
    run: (command, args, options) => {
      given.push(options?.user, options?.pids, options?.wait instanceof AbortSignal);
      return workingApi.run(command, args, options);
    },
  });
  expect(given).toEqual(['nobody', [1, 2], true]);
});
