// SPDX-License-Identifier: MIT
/** The memory that a process and a flow take: what docs/proc.md says, and the same after a flood as before. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { program, repository } from './lib/environment';
import { load } from './lib/module';
import { named } from './lib/named';
import { slowTest, test } from './lib/plan';
import { Program, outputOf } from './lib/program';
import { status, theProgram } from './lib/proc';
import { until } from './lib/wait';

const slab = (cache: string, file: string): number => {
  const text = readFileSync(`/sys/kernel/slab/${cache}/${file}`, 'latin1');
  return Number(text.split(' ')[0]);
};

/** Objects that are handed out, as of now: what each processor holds for the next is not among them. */
async function inUse(cache: string): Promise<number> {
  await outputOf('sh', ['-c', `echo 1 > /sys/kernel/slab/${cache}/shrink`]);
  return slab(cache, 'objects');
}

/** The line of the table of docs/proc.md that begins so: its number of bytes. */
function documented(what: string): number {
  const text = readFileSync(`${repository}/docs/proc.md`, 'utf8');
  const found = new RegExp(`^\\| ${what} \\| ([\\d,]+) bytes`, 'm').exec(text)?.[1];
  assert.ok(found !== undefined, `docs/proc.md has no line ${what}`);
  return Number(found.replaceAll(',', ''));
}

test('a process and a flow take as many bytes of memory as docs/proc.md says', async () => {
  await load({ fname: 'worker' });
  await new Program(named('worker'), ['send', '10']).output();
  const sizes = { 'a process': slab('traffic_record', 'slab_size'), 'a flow': slab('traffic_flow', 'slab_size') };
  console.log(
    `# ${Object.entries(sizes)
      .map(([what, bytes]) => `${what}: ${bytes} bytes`)
      .join(', ')}`,
  );
  for (const [what, bytes] of Object.entries(sizes)) {
    assert.ok(bytes <= documented(what) && bytes > documented(what) / 2, `${what}: ${bytes} bytes`);
  }
});

/** Under emulation a million takes hours: PROCESSES says how many. */
const many = Number(process.env['PROCESSES'] ?? 1500);
async function floodTwice(processes: number): Promise<void> {
  await load({ fname: 'short', history: 100 });
  const short = named('short', 'exec/short.out');
  const flood = async (): Promise<number[]> => {
    await outputOf(program('exec/launch.out'), [String(processes), short]);
    await until('all have ended', () => theProgram('short')['running'] === '0');
    // What RCU frees is free after a grace period.
    await until('what was evicted is freed', async () => (await inUse('traffic_record')) <= 100 + 64);
    return [await inUse('traffic_record'), await inUse('traffic_flow')];
  };
  const first = await flood();
  const second = await flood();
  assert.deepEqual(
    [theProgram('short')['ended'], status()['evicted']],
    [String(2 * processes), String(2 * processes - 100)],
  );
  // One flow each way and one process each, and the reserve for an exec that finds no memory.
  for (const [n, objects] of second.entries())
    assert.ok(objects <= (first[n] ?? 0) + 8, `${first.join()} ${second.join()}`);
}

const promise = (processes: number): string =>
  `twice ${processes} processes that live for a moment: the second leaves memory where the first left it`;
test(promise(200), () => floodTwice(200));
slowTest(promise(many), () => floodTwice(many), 240 + many / 5);
