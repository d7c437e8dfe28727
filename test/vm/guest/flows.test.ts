// SPDX-License-Identifier: MIT
/** The flows of a process add up to its totals. */
import assert from 'node:assert/strict';
import { openSync, readSync, closeSync } from 'node:fs';
import { consistentFlows, totalsOf } from './lib/flows';
import { load } from './lib/module';
import { named } from './lib/named';
import { test } from './lib/plan';
import { Program, outputOf } from './lib/program';
import { readText, record, status } from './lib/proc';
import { until } from './lib/wait';
import { parseReport } from './lib/witness';

/** A whole reading, in pieces as small as a program may choose. */
function readInPieces(file: string, size: number): string {
  const fd = openSync(`/proc/net_traffic/${file}`, 'r');
  const piece = Buffer.alloc(size);
  let text = '';
  for (let got = readSync(fd, piece); got > 0; got = readSync(fd, piece)) text += piece.toString('latin1', 0, got);
  closeSync(fd);
  return text;
}

test('each reading of flows adds up while the processes send and have more flows than are kept', async () => {
  await load({ fname: 'peers.out', max_flows: 40 });
  const busy = [1, 2].map(() => new Program(named('peers.out', 'exec/peers.out')));
  await until('both have more than are kept', () => status()['flows'] === '80');
  for (let n = 0; n < 6; n++) {
    consistentFlows();
    consistentFlows(readInPieces('flows', 100 + n * 13));
    assert.ok(busy.every((program) => !program.hasEnded));
    // Otherwise what they print is not taken meanwhile.
    await new Promise((done) => setImmediate(done));
  }
  for (const program of busy) {
    program.endInput();
    const report = parseReport(await program.output());
    const rows = consistentFlows();
    const { id = '' } = record(program.pid);
    const totals = totalsOf(rows, id);
    const known = Object.entries(report).filter(([name, value]) => value !== 'any' && name in totals);
    assert.ok(known.length >= 6);
    for (const [name, value] of known) assert.equal(totals[name], value, name);
    const kinds = rows.filter((row) => row['id'] === id).map((row) => row['kind']);
    assert.equal(kinds.filter((kind) => kind === 'flow').length, 40);
    assert.ok(kinds.includes('other'));
  }
  assert.equal(status()['flows'], '80');
});

test('reads flows to the end, also in pieces, when the last process has none', async () => {
  await load({ fname: 'worker' });
  const worker = named('worker');
  for (const size of ['10', '20']) await outputOf(worker, ['send', size]);
  await outputOf(worker, ['exit', '0']);
  const whole = readText('flows');
  consistentFlows(whole);
  for (const size of [1, 64, 4096]) assert.equal(readInPieces('flows', size), whole, `${size} bytes a read`);
});

test('max_flows=0 keeps no flow and still counts', async () => {
  await load({ fname: 'worker', max_flows: 0 });
  const worker = new Program(named('worker'), ['send', '77']);
  await worker.output();
  const row = record(worker.pid);
  assert.equal(row['udp_tx_bytes'], '77');
  assert.equal(
    readText('flows').split('\n').slice(2).join('\n'),
    `${row['id'] ?? ''}\t${worker.pid}\ttotal\tudp\t-\t-\t-\t-\t-\t-\t-\t77\t1\t77\t1\t-\t-\n`,
  );
});
