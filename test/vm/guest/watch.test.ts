// SPDX-License-Identifier: MIT
/** `lkm-traffic watch`: the view in a terminal, driven as a person drives it, and the lines that others read. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLoaded, load as insmod, unload } from './lib/module';
import { folder, named } from './lib/named';
import { outputOfLkmTraffic, packageFolder } from './lib/package';
import { slowTest, test } from './lib/plan';
import { Program } from './lib/program';
import { prompt, Tmux } from './lib/tmux';
import { until } from './lib/wait';

interface Counters {
  receivedBytes: number;
  sentBytes: number;
}
interface Reading {
  type: string;
  elapsedNanoseconds: number;
  total: { total: Counters };
  rate: { receivedBytesPerSecond: number; sentBytesPerSecond: number };
  processes: { pid: number; traffic: { total: Counters } }[];
}

const cli = './node_modules/.bin/lkm-traffic';

/** A worker that moves that many bytes each way, and waits for a line before the next. */
async function worker(name: string, ...amounts: number[]): Promise<Program> {
  const program = new Program(
    named(name),
    amounts.flatMap((amount) => ['send', String(amount), 'wait']),
  );
  await program.line(/^waiting$/);
  return program;
}

async function goOn(program: Program): Promise<void> {
  program.write('\n');
  await program.line(/^waiting$/);
}

/** A terminal in which the view is shown, and the modes that it had before. */
async function watching(...args: string[]): Promise<{ terminal: Tmux; modes: string }> {
  const terminal = await Tmux.start(await packageFolder());
  const modes = await terminal.modes();
  await terminal.run([cli, 'watch', ...args].join(' '));
  await terminal.shows(/q quit/);
  return { terminal, modes };
}

/** What a process moved, in the words of `show --json`, as the row of a list would have it. */
async function rowOf({ pid }: Program): Promise<RegExp> {
  const { processes } = JSON.parse(await outputOfLkmTraffic('show', '--json')) as Reading;
  const total = processes.find((process) => process.pid === pid)?.traffic.total;
  assert.ok(total && total.sentBytes > 0);
  return new RegExp(`^>? *${pid} .* ${total.receivedBytes} +${total.sentBytes}$`, 'm');
}

/** The shell is back, and the terminal as it was. */
async function assertEnded(terminal: Tmux, modes: string, status = 0): Promise<void> {
  // Before that, what is typed would be the view's.
  await terminal.shows(prompt);
  await terminal.run('echo "status $?"');
  await terminal.shows(new RegExp(`^status ${status}$`, 'm'));
  await terminal.assertRestored(modes);
}

/** The process that runs the view. */
async function viewer(terminal: Tmux): Promise<number> {
  await terminal.shows(/q quit/);
  const { stdout } = await new Program('pgrep', ['-f', '^node .*lkm-traffic watch']).result();
  return Number(stdout.trim());
}

slowTest(
  'watch in a terminal shows totals, rates, filter, order, flows, help and pause, and Ctrl-C restores the terminal',
  async () => {
    await insmod({ fname: 'worker,other' });
    const [one, two] = [await worker('worker', 1000, 50000, 7), await worker('other', 20)];
    const { terminal, modes } = await watching('--interval', '3');
    assert.equal(await terminal.state(), '1 0 0');
    await terminal.shows(await rowOf(one));
    await terminal.shows(await rowOf(two));

    await goOn(one);
    const moving = await terminal.shows(new RegExp(`^>? *${one.pid}  worker +\\d[\\d.]* kB +\\d[\\d.]* kB`, 'm'));
    assert.match(moving, /^Rate {3}received \d[\d.]* kB\/s +sent \d[\d.]* kB\/s/m);
    assert.match(
      await terminal.shows(await rowOf(one)),
      /^Total {2}received 51020 bytes \(51\.0 kB\), sent 51020 bytes/m,
    );
    assert.match(moving, /[▁-█] +51000 +51000$/m);

    await terminal.press('s');
    await terminal.shows(/; by total$/m);
    await terminal.press('<', '<');
    await terminal.shows(/; by name$/m);

    await terminal.press('/', 'o', 't', 'h');
    await terminal.shows(/^Filter: oth_/m);
    await terminal.press('Enter');
    assert.doesNotMatch(await terminal.shows(/1 process listed by filter 'oth'/), /worker/);
    await terminal.press('Escape');
    await terminal.shows(/worker/);

    await terminal.press('End', 'Enter');
    const flows = await terminal.shows(/^udp {2}127\.0\.0\.1:\d+/m);
    assert.match(flows, new RegExp(`^Flows of ${one.pid} worker`));
    assert.match(flows, /^udp .* loopback .* 50000$/m);
    await terminal.press('Escape');
    await terminal.press('?');
    await terminal.shows(/Counted: payload bytes of inet/);
    await terminal.press('x');

    await terminal.press('Space');
    await terminal.shows(/^PAUSED/m);
    await goOn(one);
    const later = await rowOf(one);
    assert.doesNotMatch(await terminal.screen(), later);
    await terminal.press('Space');
    await terminal.shows(later);

    await terminal.resize(40, 10);
    const small = await terminal.shows(/^ s sort .* q quit$/m);
    assert.match(small, /PID {2}PROCESS▼ +RATE\/s +TOTAL$/m);
    assert.equal(
      small.split('\n').every((line) => line.length <= 40),
      true,
      small,
    );
    await terminal.resize(120, 30);
    await terminal.shows(later);

    await terminal.press('C-c');
    await assertEnded(terminal, modes);
  },
  600,
);

slowTest(
  'watch stopped with Ctrl-Z: the shell has its terminal, and fg brings the view back',
  async () => {
    await insmod({ fname: 'worker' });
    const one = await worker('worker', 1000);
    const { terminal, modes } = await watching();
    await terminal.press('C-z');
    await terminal.shows(/Stopped/);
    await terminal.assertRestored(modes);
    // A stopped job gets no signal about the new size.
    await terminal.resize(100, 20);
    await terminal.run('fg');
    const screen = await terminal.shows(await rowOf(one));
    assert.match(screen, /^lkm-traffic watch {60,}.*Z every 1 s$/m);
    assert.equal(await terminal.state(), '1 0 0');

    const pid = await viewer(terminal);
    process.kill(pid, 'SIGSTOP');
    await terminal.shows(/Stopped/);
    await terminal.run('fg');
    await terminal.shows(await rowOf(one));
    await terminal.press('q');
    await assertEnded(terminal, modes);
  },
  600,
);

slowTest(
  'watch that a signal ends gives the terminal back',
  async () => {
    await insmod({ fname: 'worker' });
    const { terminal, modes } = await watching();
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
      process.kill(await viewer(terminal), signal);
      await assertEnded(terminal, modes);
      await terminal.run(`clear; ${cli} watch`);
    }
    await terminal.shows(/q quit/);
  },
  600,
);

slowTest(
  'watch whose terminal goes away ends too, as a hangup ends a process',
  async () => {
    await insmod({ fname: 'worker' });
    const file = join(folder(), 'status');
    const terminal = await Tmux.start(await packageFolder());
    await terminal.run(`(trap '' HUP; ${cli} watch; echo $? > ${file}.new; mv ${file}.new ${file})`);
    await terminal.shows(/q quit/);
    await terminal.hangUp();
    await until('its end', () => existsSync(file), 120);
    assert.equal(readFileSync(file, 'utf8'), '129\n');
  },
  300,
);

slowTest(
  'watch restores the terminal and reports it when the module is unloaded',
  async () => {
    await insmod({ fname: 'worker' });
    const { terminal, modes } = await watching();
    await unload();
    await terminal.shows(
      /lkm-traffic: The net_traffic module is not loaded\. \[ERR_NOT_LOADED\]\n +To load it: lkm-traffic load --fname=NAME/,
    );
    await assertEnded(terminal, modes, 1);
    assert.equal(isLoaded(), false);
  },
  300,
);

slowTest(
  'watch without colour has none, and with it some',
  async () => {
    await insmod({ fname: 'worker' });
    const terminal = await Tmux.start(await packageFolder());
    const colored = async (command: string): Promise<boolean> => {
      await terminal.run(command);
      await terminal.shows(/q quit/);
      const found = (await terminal.attributes()).includes('\x1b[');
      await terminal.press('q');
      await terminal.shows(prompt);
      return found;
    };
    assert.equal(await colored(`NO_COLOR=1 ${cli} watch`), false);
    assert.equal(await colored(`${cli} watch --no-color`), false);
    assert.equal(await colored(`${cli} watch`), true);
  },
  400,
);

test('watch in a pipe prints a JSON document a line, with the totals of show and the rates since the last', async () => {
  await insmod({ fname: 'worker' });
  const one = await worker('worker', 1000, 50000);
  const cwd = await packageFolder();
  const reader = new Program(cli, ['watch', '--interval', '2', '--count', '3'], { cwd });
  await until('a reading', () => reader.stdout.includes('\n') || undefined, 120);
  await goOn(one);
  const readings = (await reader.output())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Reading);
  assert.deepEqual(
    readings.map(({ type, processes }) => [type, processes.map(({ pid }) => pid)]),
    Array.from({ length: 3 }, () => ['watch', [one.pid]]),
  );
  const shown = JSON.parse(await outputOfLkmTraffic('show', '--json')) as Reading;
  assert.deepEqual(readings.at(-1)?.total, shown.total);
  assert.equal(shown.total.total.sentBytes, 51000);
  const moved = readings.map(
    ({ rate, elapsedNanoseconds }) => Math.round((rate.sentBytesPerSecond * elapsedNanoseconds) / 1e9 / 100) * 100,
  );
  assert.deepEqual(
    moved.filter((bytes) => bytes > 0),
    [50000],
  );

  const once = JSON.parse(await outputOfLkmTraffic('watch', '--once', String(one.pid))) as Reading;
  assert.deepEqual(once.total, shown.total);
}, 300);

test('watch ends silently after a whole line when its reader leaves or on Ctrl-C', async () => {
  await insmod({ fname: 'worker' });
  const cwd = await packageFolder();
  const command = `${join(cwd, cli)} watch --interval 500ms | head -1`;
  const { stdout, stderr, status } = await new Program('/bin/bash', [
    '--norc',
    '-o',
    'pipefail',
    '-c',
    command,
  ]).result();
  assert.deepEqual([status, stderr, stdout.split('\n').length], [0, '', 2]);
  assert.equal((JSON.parse(stdout) as Reading).type, 'watch');

  const reader = new Program(cli, ['watch', '--interval', '500ms'], { cwd });
  await until('a reading', () => reader.stdout.includes('\n') || undefined, 120);
  reader.kill('SIGINT');
  const ended = await reader.result();
  assert.deepEqual([ended.status, ended.stderr], [0, '']);
  assert.equal(ended.stdout.endsWith('}\n'), true);
}, 300);
