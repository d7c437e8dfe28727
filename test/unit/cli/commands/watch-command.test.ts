// SPDX-License-Identifier: MIT
import type { SignalListener } from '../../../../src/cli/command-line/command';
import { run } from '../../../../src/cli/main';
import type { Terminal, TerminalListener } from '../../../../src/cli/terminal/terminal';
import { TrafficError } from '../../../../src/model/errors';
import type { Snapshot } from '../../../../src/model/types';
import { aSnapshot, cli, failing, workingApi } from '../../support/cli';
import { aProcess, aProgram, tcp } from '../../support/rows';
import { schemaErrors } from '../../support/schema';

const QUICK = '--interval=5ms';

/** A program that moves 100 bytes from one reading to the next. */
function moving(): { snapshot: (options?: { flows?: boolean | undefined }) => Promise<Snapshot>; asked: boolean[] } {
  let moved = 0n;
  const asked: boolean[] = [];
  return {
    asked,
    snapshot: ({ flows = false } = {}) => {
      asked.push(flows);
      moved += 100n;
      return Promise.resolve({
        ...{ ...aSnapshot, total: tcp(moved), exact: true },
        processes: [aProcess({ id: 1n, pid: 77, traffic: tcp(moved) })],
        ...(flows && { flows: [] }),
      });
    },
  };
}

interface Watched {
  readonly total: { readonly total: { readonly sentBytes: number } };
  readonly rate: { readonly sentBytesPerSecond: number };
  readonly elapsedNanoseconds: number;
  readonly processes: readonly { readonly rate: { readonly sentBytesPerSecond: number } }[];
}

test('in a pipe, prints one JSON document per line that matches the schema, with rates per second', async () => {
  const { status, out, err } = await cli(['watch', QUICK, '--count=3'], moving());
  expect([status, err]).toEqual([0, '']);
  const lines = out.trimEnd().split('\n');
  for (const line of lines) expect(schemaErrors(line)).toEqual([]);
  const readings = lines.map((line) => JSON.parse(line) as Watched);
  expect(readings.map(({ total }) => total.total.sentBytes)).toEqual([200, 300, 400]);
  for (const { rate, elapsedNanoseconds, processes } of readings) {
    expect(rate.sentBytesPerSecond).toBe(Math.round(100e9 / elapsedNanoseconds));
    expect(processes[0]?.rate).toEqual(rate);
  }
});

test('documents match the schema even with the largest counters', async () => {
  const { out } = await cli(['watch', QUICK, '--once'], workingApi);
  expect(schemaErrors(out)).toEqual([]);
  expect(out).toContain('"receivedBytes":18446744073709551615,');
});

test('--once prints one reading', async () => {
  expect((await cli(['watch', QUICK, '--once'], moving())).out.match(/^\{.*\}$/gm)).toHaveLength(1);
});

test('--json prints one document per line, and CSV one header', async () => {
  const json = (await cli(['watch', QUICK, '--count=2', '--json'], moving())).out;
  expect(json.match(/^\{.*\}$/gm)).toHaveLength(2);
  const { out } = await cli(['watch', QUICK, '--count=2', '--format=csv'], moving());
  expect(out.match(/^takenAt,id,pid,/gm)).toHaveLength(1);
  const [header = '', ...rows] = out.trimEnd().split('\n');
  expect(rows).toHaveLength(2);
  for (const row of rows) expect(row.split(',')).toHaveLength(header.split(',').length);
});

test('Prometheus has series for a process that was selected by PID', async () => {
  const { out } = await cli(['watch', QUICK, '--once', '--format=prom', '77'], moving());
  expect(out).toMatch(/^lkm_traffic_process_bytes_total\{.*pid="77".*direction="sent"\} 200$/m);
});

test('a table has the time, the rates, the totals and what is counted', async () => {
  const { out } = await cli(['watch', QUICK, '--once', '--format=table'], moving());
  expect(out).toMatch(/^\d{4}-\S+Z {2}received \d+ bytes\/s, sent \d+ bytes\/s$/m);
  expect(out).toMatch(/^ *77 {2}server\.out {2}running +\d+ +\d+ +200 +1 +200 +1$/m);
  expect(out).toMatch(/^Total {2}received 200 bytes, sent 200 bytes$/m);
  expect(out).toMatch(/^Counted: payload bytes/m);
  const none = { snapshot: () => Promise.resolve({ ...aSnapshot, processes: [], programs: [aProgram()] }) };
  expect((await cli(['watch', QUICK, '--once', '--format=table'], none)).out).toMatch(/^No process of server\.out/m);
});

test('a table names the owners if a process has several', async () => {
  const pid = 77;
  const processes = [aProcess({ id: 1n, pid }), aProcess({ id: 2n, pid, owners: [0] })];
  const both = { snapshot: () => Promise.resolve({ ...aSnapshot, processes }) };
  const { out } = await cli(['watch', QUICK, '--once', '--format=table'], both);
  expect(out).toMatch(/^ *77 {2}server\.out {2}session 1 +running /m);
  expect(out).toMatch(/^ *77 {2}server\.out {2}module +running /m);
});

test('reports names that match nothing', async () => {
  const none = await cli(['watch', QUICK, '--once', 'nginx'], moving());
  expect([none.status, none.out]).toEqual([1, '']);
  expect(none.err).toMatch(/nginx/);
  const some = await cli(['watch', QUICK, '--once', 'nginx', '77'], moving());
  expect([some.status, some.out.split('\n').length]).toEqual([1, 2]);
});

test('fails with a hint if the module is not loaded', async () => {
  const { status, out, err } = await cli(['watch'], failing());
  expect([status, out]).toEqual([1, '']);
  expect(err).toMatch(/\[ERR_NOT_LOADED\]\n {2}load it/);
});

test.each([
  [['--interval=soon'], /500ms/],
  [['--interval=0'], /--interval/],
  [['--count=0'], /--count/],
  [['--count=2', '--once'], /--once/],
])('%j is wrong usage', async (options, message) => {
  const { status, err } = await cli(['watch', ...options], moving());
  expect(status).toBe(2);
  expect(err).toMatch(message);
});

/** Runs it where it follows without end, with all that may end it from outside. */
function following(argv: readonly string[], api = moving()) {
  const reader = new AbortController();
  const screens: string[][] = [];
  let keyboard: TerminalListener | undefined;
  let listener: SignalListener = () => undefined;
  let out = '';
  let err = '';
  let closed = 0;
  const terminal: Terminal = {
    size: () => ({ columns: 80, rows: 24 }),
    draw: (lines) => void screens.push([...lines]),
    close: () => void (closed += 1),
  };
  const ended = run(
    ['watch', ...argv],
    {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      ...{ env: { NO_COLOR: '1' }, outIsTerminal: true, outWidth: 80, errIsTerminal: false, readerLeft: reader.signal },
      terminal: (given) => ((keyboard = given), terminal),
    },
    { ...workingApi, ...api },
    new AbortController().signal,
    (given) => (listener = given),
  );
  const until = async (wanted: (screen: readonly string[]) => boolean): Promise<readonly string[]> => {
    for (;;) {
      const screen = screens.find(wanted);
      if (screen) return screen;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  return {
    ...{ ended, screens, until, reader },
    signal: (name: NodeJS.Signals) => {
      listener(name);
    },
    press: (key: string) => keyboard?.onKey(key),
    resize: () => keyboard?.onLost(),
    written: () => ({ out, err, closed }),
  };
}

test('shows a view on a terminal; q ends it with 0 and restores the terminal', async () => {
  const view = following([QUICK]);
  await view.until((screen) => screen.some((line) => /77 {2}server\.out +\d.* 500 +500$/.test(line)));
  view.press('q');
  expect(await view.ended).toBe(0);
  expect(view.written()).toEqual({ out: '', err: '', closed: 1 });
});

test('reads flows only while their page is shown', async () => {
  const api = moving();
  const view = following(['--interval=60'], api);
  await view.until(() => true);
  expect(api.asked).toEqual([false]);
  view.press('return');
  // At once, and not in a minute.
  await view.until((screen) => screen.some((line) => line.startsWith('No flows')));
  expect(api.asked).toEqual([false, true]);
  view.press('q');
  expect(await view.ended).toBe(0);
});

test('draws a lost screen again', async () => {
  const view = following(['--interval=60']);
  await view.until(() => true);
  const before = view.screens.length;
  view.resize();
  expect(view.screens).toHaveLength(before + 1);
  view.press('ctrl-c');
  expect(await view.ended).toBe(0);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends the view with 0', async (name) => {
  const view = following([QUICK]);
  await view.until(() => true);
  view.signal(name);
  expect(await view.ended).toBe(0);
  expect(view.written().closed).toBe(1);
});

test('restores the terminal before it reports that the module was unloaded', async () => {
  const api = moving();
  const { snapshot } = api;
  api.snapshot = (options) =>
    api.asked.length < 3
      ? snapshot(options)
      : Promise.reject(new TrafficError('ERR_NOT_LOADED', 'It is not loaded.', { hint: 'load it' }));
  const view = following([QUICK], api);
  expect(await view.ended).toBe(1);
  expect(view.written().closed).toBe(1);
  expect(view.written().err).toMatch(/\[ERR_NOT_LOADED\]\n {2}load it/);
});

test.each([['--json'], ['--count=1000000'], ['--format=table']])(
  'with %s prints lines on a terminal instead of the view',
  async (option) => {
    const view = following([QUICK, option]);
    while (!view.written().out.includes('\n')) await new Promise((resolve) => setTimeout(resolve, 1));
    view.signal('SIGINT');
    expect(await view.ended).toBe(0);
    expect(view.written().out.endsWith('\n')).toBe(true);
    expect(view.screens).toEqual([]);
  },
);

test('ends silently when the reader goes away', async () => {
  const view = following([QUICK, '--json']);
  view.reader.abort();
  expect(await view.ended).toBe(0);
  expect(view.written().err).toBe('');
});
