// SPDX-License-Identifier: MIT
/** The module's trace events, read by ftrace, trace-cmd, perf's interface and BPF. */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mapsOf, startBpftrace } from './lib/bpftrace';
import { program } from './lib/environment';
import { insmod, isLoaded, load, rmmod, unload } from './lib/module';
import { folder, named } from './lib/named';
import { slowTest, test } from './lib/plan';
import { Program, outputOf } from './lib/program';
import { counters, countsOf, record, type Row } from './lib/proc';
import { events, Instance, parseEvent, sumEvents, tracefs } from './lib/trace';

const of = (rows: readonly Row[], pid: number | string, event?: string): Row[] =>
  rows.filter((row) => row['tgid'] === String(pid) && (event === undefined || row['event'] === event));

/** What an event of exit says, against the record. */
function assertFinal(exit: Row | undefined, row: Row): void {
  const sum = (way: string): string =>
    String(['tcp', 'udp', 'other'].reduce((all, transport) => all + BigInt(row[`${transport}_${way}`] ?? ''), 0n));
  assert.deepEqual(exit, {
    event: 'exit',
    ...{ tgid: row['pid'], program: row['program'], id: row['id'], exit_code: row['exit_code'] },
    ...{ rx_bytes: sum('rx_bytes'), rx_msgs: sum('rx_msgs'), tx_bytes: sum('tx_bytes'), tx_msgs: sum('tx_msgs') },
  });
}

test('trace events show exec, each transfer and exit of a watched program only', async () => {
  await load({ fname: 'worker' });
  const trace = new Instance('lkm-test');
  trace.enable(...events);
  const worker = new Program(named('worker'), ['send', '100', 'send', '0', 'exit', '3']);
  await worker.result();
  await new Program(named('other'), ['send', '7']).output();
  const rows = trace.read();
  const { pid } = worker;
  assert.deepEqual(
    rows.map(({ event, bytes }) => [event, bytes]),
    [
      ['exec', undefined],
      ['send', '100'],
      ['recv', '100'],
      ['send', '0'],
      ['recv', '0'],
      ['exit', undefined],
    ],
  );
  assert.equal(of(rows, pid).length, rows.length);
  assert.deepEqual(rows[0], { event: 'exec', tgid: String(pid), program: 'worker', name: 'worker' });
  const [sent] = of(rows, pid, 'send');
  assert.match(sent?.['remote'] ?? '', /^\[::ffff:127\.0\.0\.1\]:[1-9]\d*$/);
  assert.match(sent?.['local'] ?? '', /^\[::ffff:127\.0\.0\.1\]:[1-9]\d*$/);
  assert.deepEqual([sent?.['family'], sent?.['transport'], sent?.['program']], ['inet', 'udp', 'worker']);
  assertFinal(rows.at(-1), record(pid));
});

test('trace events of random calls add up to the counters, to the byte and the call', async () => {
  await load({ fname: 'mix.out', history: 20000 });
  const trace = new Instance('lkm-test');
  trace.enable(...events);
  const seed = String(randomInt(2 ** 47));
  await outputOf(program('mix/mix.out'), ['run', seed, '5', join(folder(), 'reports')]);
  const rows = trace.read();
  const records = counters();
  assert.ok(records.length > 1 && rows.length > 1000, `${records.length} records, ${rows.length} events`);
  for (const row of records) {
    const own = of(rows, row['pid'] ?? '');
    assert.deepEqual(sumEvents(own), countsOf(row), `process ${row['pid'] ?? ''} of seed ${seed}`);
    assertFinal(own.at(-1), row);
  }
  assert.equal(rows.filter(({ event }) => event === 'exit').length, records.length);
  console.log(`# ${records.length} processes, ${rows.length} events`);
});

test('trace events that are off record nothing and do not change the counts', async () => {
  await load({ fname: 'worker' });
  const trace = new Instance('lkm-test');
  const run = async (): Promise<Row> => {
    const worker = new Program(named('worker'), ['threads', '50', 'send', '1000']);
    await worker.output();
    return countsOf(record(worker.pid));
  };
  const off = await run();
  assert.deepEqual(trace.read(), []);
  trace.enable(...events);
  assert.deepEqual(await run(), off);
  assert.equal(trace.read().length, 2 * 51 + 2);
  trace.disable(...events);
  assert.deepEqual(await run(), off);
  assert.deepEqual(trace.read(), []);
});

test('a name cannot forge a line of a trace', async () => {
  const name = 'a b\n\\c-1 [000] 1.0: exit: tgid=1';
  await load({ fname: 'a?b*' });
  const trace = new Instance('lkm-test');
  trace.enable('exec');
  const worker = new Program(named(name), ['exit', '0']);
  await worker.result();
  assert.deepEqual(trace.read(), [
    {
      event: 'exec',
      tgid: String(worker.pid),
      program: 'a?b*',
      name: 'a\\040b\\012\\134c-1\\040[000]\\0401.0:\\040exit:\\040tgid=1',
    },
  ]);
});

test("the kernel's own filters and triggers work on the fields of the trace events", async () => {
  await load({ fname: 'worker' });
  const trace = new Instance('lkm-test');
  trace.write('events/net_traffic/send/filter', 'bytes >= 100 && program ~ "work*" && transport == 1');
  trace.write('events/net_traffic/recv/trigger', 'hist:keys=tgid:vals=bytes');
  trace.enable('send');
  const worker = new Program(named('worker'), ['send', '99', 'send', '100', 'send', '101']);
  await worker.output();
  assert.deepEqual(
    trace.read().map(({ bytes }) => bytes),
    ['100', '101'],
  );
  const histogram = readFileSync(join(trace.folder, 'events/net_traffic/recv/hist'), 'latin1');
  assert.match(histogram, new RegExp(`tgid: +${worker.pid} .*hitcount: +3 +bytes: +300`));
});

slowTest('trace-cmd records the events and reads them back', async () => {
  await load({ fname: 'worker' });
  const file = join(folder(), 'trace.dat');
  await outputOf('trace-cmd', ['record', '-q', '-e', 'net_traffic', '-o', file, named('worker'), 'send', '100']);
  const rows = (await outputOf('trace-cmd', ['report', '-i', file]))
    .split('\n')
    // It pads the name of the event to a column.
    .map((line) => parseEvent(line.replace(/: (\w+): +tgid/, ': $1: tgid')))
    .filter((row) => row !== undefined);
  const [row] = counters();
  const own = of(rows, row?.['pid'] ?? '');
  assert.deepEqual(sumEvents(own), countsOf(row ?? {}));
  assert.match(of(rows, row?.['pid'] ?? '', 'send')[0]?.['remote'] ?? '', /^\[::ffff:127\.0\.0\.1\]:[1-9]\d*$/);
  assertFinal(own.at(-1), row ?? {});
});

slowTest('BPF sums the bytes of the trace events and holds the module meanwhile', async () => {
  await load({ fname: 'worker' });
  const script = `
tracepoint:net_traffic:send { @sent = sum(args->bytes); @sends = count(); }
tracepoint:net_traffic:recv { @received = sum(args->bytes); }`;
  const tracer = await startBpftrace(script);
  await new Program(named('worker'), ['send', '100', 'send', '23']).output();
  assert.match((await rmmod()).stderr, /in use|unavailable/);
  assert.deepEqual(await mapsOf(tracer), { sent: 123, sends: 2, received: 123 });
  await unload();
});

test('rmmod works with events on and empties only the trace instances that had them on', async () => {
  await load({ fname: 'worker' });
  const [with_, without] = [new Instance('lkm-test'), new Instance('lkm-test-2')];
  with_.enable(...events);
  const worker = new Program(named('worker'), ['send', '100', 'wait']);
  without.write('trace_marker', 'kept');
  with_.write('trace_marker', 'flushed');
  await unload();
  assert.equal(isLoaded(), false);
  assert.equal(existsSync(join(tracefs, 'events/net_traffic')), false);
  assert.match(readFileSync(join(without.folder, 'trace'), 'latin1'), /kept/);
  assert.doesNotMatch(readFileSync(join(with_.folder, 'trace'), 'latin1'), /flushed|send/);
  worker.endInput();
  await worker.result();

  // And again with the same names.
  await load({ fname: 'worker' });
  with_.enable(...events);
  await new Program(named('worker'), ['send', '5']).output();
  assert.equal(of(with_.read(), counters()[0]?.['pid'] ?? '').length, 4);
});

test('a load that fails late leaves no events behind', async () => {
  const { status } = await insmod({ pid: 999999 });
  assert.notEqual(status, 0);
  assert.equal(existsSync(join(tracefs, 'events/net_traffic')), false);
  await load({ fname: 'worker' });
  assert.equal(existsSync(join(tracefs, 'events/net_traffic/send/enable')), true);
});
