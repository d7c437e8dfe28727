// SPDX-License-Identifier: MIT
/** What the source document shows of its module, figure by figure. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { engine, program } from './lib/environment';
import { kernelLog } from './lib/kernel-log';
import { insmod, isLoaded, load, unload } from './lib/module';
import { test } from './lib/plan';
import { counts, countsOf, record, theProgram } from './lib/proc';
import { runScenario, sendRecv, sendtoRecvfrom } from './lib/scenario';

const figures = [
  { figure: '4.4', scenario: sendRecv },
  { figure: '4.7', scenario: sendtoRecvfrom },
] as const;

test("figure 4.1: without fname the module is refused with EINVAL and the document's line", async () => {
  const mark = kernelLog.mark();
  const { status, stderr } = await insmod({});
  assert.notEqual(status, 0);
  // What insmod says of EINVAL.
  assert.match(stderr, /Invalid parameters/);
  assert.deepEqual(kernelLog.module(mark), ['error - incorrect filename.']);
  assert.equal(isLoaded(), false);
  assert.equal(existsSync('/proc/net_traffic'), false);
});

test("uses the engine that was asked for, or else the kernel's default", async () => {
  await load({ idle: 1 });
  assert.equal(readFileSync('/sys/module/net_traffic/parameters/engine', 'latin1'), `${engine}\n`);
});

for (const { figure, scenario } of figures) {
  const { pair, transport, clients } = scenario;
  const bytes = 35 * clients;

  test(`figure ${figure}: the log of ${pair} with ${clients} clients is the document's, line by line`, async () => {
    const mark = kernelLog.mark();
    await load({ fname: 'server.out', log_packets: 1 });
    const pid = await runScenario(scenario);
    await unload();
    assert.deepEqual(kernelLog.module(mark), [
      'loaded.',
      'program server.out is monitored.',
      `program server.out with PID = ${pid} executed.`,
      ...Array.from({ length: clients }, () => ['process received 35 bytes.', 'process sent 35 bytes.']).flat(),
      `process with PID = ${pid} exited.`,
      `received ${bytes} bytes.`,
      `sent      ${bytes} bytes.`,
      'unloaded.',
    ]);
  });

  test(`figure ${figure}: ${pair} with ${clients} clients is ${bytes}/${bytes} in counters, programs and log`, async () => {
    const mark = kernelLog.mark();
    await load({ fname: 'server.out' });
    const pid = await runScenario(scenario);
    const expected = counts({
      [`${transport}_rx_bytes`]: bytes,
      [`${transport}_rx_msgs`]: clients,
      [`${transport}_tx_bytes`]: bytes,
      [`${transport}_tx_msgs`]: clients,
    });
    const row = record(pid);
    assert.deepEqual(countsOf(row), expected);
    assert.deepEqual(countsOf(theProgram('server.out')), expected);
    assert.deepEqual(
      [row['program'], row['state'], row['since'], row['exit_code'], row['exact'], row['reasons'], row['comm']],
      ['server.out', 'exited', 'exec', '0', '1', '-', 'server.out'],
    );
    assert.equal(row['exe'], program(`${pair}/server.out`));
    await unload();
    const log = kernelLog.module(mark);
    assert.deepEqual(
      log.filter((line) => /^(received|sent) /.test(line)),
      [`received ${bytes} bytes.`, `sent      ${bytes} bytes.`],
    );
    assert.deepEqual(
      log.filter((line) => line.startsWith('process received') || line.startsWith('process sent')),
      [],
    );
  });
}
