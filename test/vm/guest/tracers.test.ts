// SPDX-License-Identifier: MIT
/** Other tracers of the same kernel functions: both count correctly, and a conflict over a function is reported. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { mapsOf, startBpftrace } from './lib/bpftrace';
import { atEnd } from './lib/cleanup';
import { engine } from './lib/environment';
import { kernelLog } from './lib/kernel-log';
import { insmod, isLoaded, load, unload } from './lib/module';
import { named } from './lib/named';
import { slowTest, test } from './lib/plan';
import { Program, execute, outputOf } from './lib/program';
import { record } from './lib/proc';
import { assertMessage, engineOption, lkmTraffic, packageFolder } from './lib/package';

/** With either engine these are redirected; by redirection the transfers too. */
const taken = engine === 'redirect' ? ['inet_recvmsg', 'inet6_sendmsg', 'sock_splice_read'] : ['sock_splice_read'];

async function take(name: string): Promise<() => Promise<void>> {
  await outputOf('insmod', [process.env['TAKEN_KO'] ?? '', `function=${name}`]);
  let here = true;
  const giveBack = async (): Promise<void> => {
    if (here) await outputOf('rmmod', ['taken']);
    here = false;
  };
  atEnd(giveBack);
  return giveBack;
}

/** What a load may leave in the kernel. */
const traces = (): string =>
  ['/sys/kernel/tracing/enabled_functions', '/proc/modules']
    .map((file) => readFileSync(file, 'latin1').replace(/^taken .*$/m, ''))
    .join('\n');

for (const name of taken) {
  test(`${name} is another's: the load is EBUSY, names it, leaves nothing, and works when it is free again`, async () => {
    const giveBack = await take(name);
    const before = traces();
    const mark = kernelLog.mark();
    const result = await insmod({ fname: 'worker' });
    assert.match(result.stderr, /busy/i);
    assert.deepEqual(kernelLog.module(mark), [`error - ${name} is redirected by somebody else (a livepatch?).`]);
    assert.equal(traces(), before);
    assert.equal(isLoaded(), false);

    await giveBack();
    await load({ fname: 'worker' });
    const worker = new Program(named('worker'), ['send', '100']);
    await worker.output();
    assert.equal(record(worker.pid)['udp_tx_bytes'], '100');
  });
}

test('load names the function that another module has redirected', async () => {
  const [name = ''] = taken;
  await packageFolder();
  await take(name);
  const result = await lkmTraffic('load', ...engineOption, '--fname=worker');
  assert.equal(result.status, 1);
  assertMessage(result, new RegExp(`${name} is redirected by somebody else`));
  assert.equal(isLoaded(), false);
});

test('no other module can redirect its functions while the module is loaded', async () => {
  await load({ fname: 'worker' });
  const result = await execute('insmod', [process.env['TAKEN_KO'] ?? '', `function=${taken[0] ?? ''}`]);
  assert.match(result.stderr, /busy/i);
});

test('kernel.ftrace_enabled=0 is refused while the module is loaded and possible after unload', async () => {
  const file = '/proc/sys/kernel/ftrace_enabled';
  await load({ fname: 'worker' });
  assert.throws(() => {
    writeFileSync(file, '0');
  }, /EBUSY/);
  assert.equal(readFileSync(file, 'latin1').trim(), '1');
  await unload();
  writeFileSync(file, '0');
  atEnd(() => {
    writeFileSync(file, '1');
  });
  const mark = kernelLog.mark();
  const result = await insmod({ fname: 'worker' });
  assert.match(result.stderr, /busy/i);
  assert.match(kernelLog.module(mark).join('\n'), /kernel\.ftrace_enabled is 0/);
  writeFileSync(file, '1');
  await load({ fname: 'worker' });
});

/** Sums what inet_sendmsg and inet_recvmsg return to one program, by BPF's fexit or fentry trampolines. */
const script = `
kretfunc:inet_sendmsg /comm == "worker" && (int64)retval > 0/ { @sent = sum(retval); @sends = count(); }
kretfunc:inet_recvmsg /comm == "worker" && (int64)retval > 0/ { @received = sum(retval); }
kfunc:inet_sendmsg /comm == "worker"/ { @entered = count(); }`;

for (const order of ['before', 'after']) {
  slowTest(`BPF's fentry and fexit attached ${order} the module: both count, each what it should`, async () => {
    let tracer: Program | undefined;
    if (order === 'before') tracer = await startBpftrace(script);
    await load({ fname: 'worker' });
    tracer ??= await startBpftrace(script);
    const worker = new Program(named('worker'), ['send', '100', 'send', '23']);
    await worker.output();
    const row = record(worker.pid);
    assert.deepEqual(
      [row['udp_tx_bytes'], row['udp_tx_msgs'], row['udp_rx_bytes'], row['exact']],
      ['123', '2', '123', '1'],
    );
    const seen = await mapsOf(tracer);
    assert.deepEqual(seen, { sent: 123, sends: 2, received: 123, entered: 2 });
    await unload();

    // And without the module it is as it was.
    tracer = await startBpftrace(script);
    await new Program(named('worker'), ['send', '10']).output();
    assert.deepEqual(await mapsOf(tracer), { sent: 10, sends: 1, received: 10, entered: 1 });
  });
}
