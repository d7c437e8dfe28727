// SPDX-License-Identifier: MIT
/** The ends of flows: each flow has the addresses of the program's sockets, and the bytes that its calls returned. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { engine, program } from './lib/environment';
import { assertFlowsAddUp } from './cases/flows';
import { consistentFlows } from './lib/flows';
import { load } from './lib/module';
import { folder } from './lib/named';
import { test } from './lib/plan';
import { Program, outputOf } from './lib/program';
import { record, type Row } from './lib/proc';

const columns = [
  'transport',
  'family',
  'netns',
  'local_addr',
  'local_port',
  'remote_addr',
  'remote_port',
  'scope',
  'rx_bytes',
  'rx_msgs',
  'tx_bytes',
  'tx_msgs',
];

const sorted = (flows: string[]): string[] => [...flows].sort();

/** Runs a scenario of ends.out; the flows that it is to have are those that it prints. */
async function assertFlows(scenario: string, file = program('calls/ends.out'), args = [scenario]): Promise<Row[]> {
  const ends = new Program(file, args);
  const output = await ends.output();
  const pid = /^process (\d+)$/m.exec(output)?.[1];
  const row = record(Number(pid));
  assertFlowsAddUp(row);
  const flows = consistentFlows().filter((line) => line['id'] === row['id'] && line['kind'] === 'flow');
  const expected = [...output.matchAll(/^flow (\w+) (.*)$/gm)]
    .filter(([, by]) => by === 'any' || by === engine)
    .map(([, , text = '']) => text);
  assert.ok(expected.length > 1, output);
  assert.deepEqual(sorted(flows.map((flow) => columns.map((name) => flow[name]).join(' '))), sorted(expected));
  return flows;
}

test('TCP connections and connected UDP sockets have two mirrored flows each, over IPv4 and IPv6', async () => {
  await load({ fname: 'ends.out' });
  const before = Date.now();
  const flows = await assertFlows('connections');
  assert.equal(flows.length, 8);
  for (const flow of flows) {
    const [first = 0, last = 0] = [flow['first_ns'], flow['last_ns']].map((time) => Number(time) / 1e6);
    // As exact as a tick of the kernel.
    assert.ok(before - 10 <= first && first <= last && last <= Date.now() + 10, `${before} ${first} ${last}`);
  }
});

test('a flow of an IPv6 socket with a mapped address is shown as IPv4', async () => {
  await load({ fname: 'ends.out' });
  await assertFlows('mapped');
});

test('a flow of unconnected UDP has the peer if the call names it and the engine sees it, and otherwise none', async () => {
  await load({ fname: 'ends.out' });
  await assertFlows('unconnected');
});

test('does not guess the flow of a connected UDP socket that sends to another address', async () => {
  await load({ fname: 'ends.out' });
  await assertFlows('elsewhere');
});

test('does not guess the flow of a socket for which io_uring sends at the end of another call', async () => {
  await load({ fname: 'ends.out' });
  await assertFlows('elsewhere-later');
});

test('a flow has the network namespace of its socket', async () => {
  await load({ fname: 'ends.out' });
  const flows = await assertFlows('namespaces');
  assert.equal(new Set(flows.map((flow) => flow['netns'])).size, 2);
});

const peers = [
  '127.0.0.1=loopback',
  '127.9.9.9=loopback',
  '::1=loopback',
  // Addresses of this host.
  '10.1.2.3=loopback',
  '203.0.113.1=loopback',
  '2001:db8::1=loopback',
  'fd00::1=loopback',
  // And of others, near and far.
  '10.1.2.4=private',
  '10.255.255.1=private',
  '172.16.0.1=private',
  '172.31.255.255=private',
  '192.168.7.7=private',
  '100.64.0.1=private',
  '169.254.1.1=private',
  '224.0.0.251=private',
  'fd00::2=private',
  '203.0.113.9=public',
  '172.32.0.1=public',
  '172.15.255.255=public',
  '192.167.255.255=public',
  '100.128.0.1=public',
  '11.0.0.1=public',
  '2001:db8::2=public',
].join(' ');

test('a flow has the scope of its peer: loopback, private or public', async () => {
  await load({ fname: 'ends.out' });
  const script = `
    ip link set lo up && ip link add d0 type dummy && ip link set d0 up &&
    ip address add 10.1.2.3/24 dev d0 && ip address add 203.0.113.1/24 dev d0 &&
    ip address add 2001:db8::1/64 dev d0 nodad && ip address add fd00::1/64 dev d0 nodad &&
    ip route add default dev d0 && exec env PEERS='${peers}' ${program('calls/ends.out')} scopes`;
  const flows = await assertFlows('scopes', 'unshare', ['--net', 'sh', '-c', script]);
  assert.equal(flows.length, peers.split(' ').length);
});

test('flows of vsock have CIDs and ports; flows of unix and packet sockets have no addresses', async () => {
  await load({ fname: 'ends.out', families: 'inet,unix,packet,vsock' });
  await outputOf('modprobe', ['vsock_loopback']);
  // Not to a pipe of Node's, which is a socket of AF_UNIX.
  const output = join(folder(), 'output');
  const script = `${program('calls/ends.out')} local-families >${output} && cat ${output}`;
  assert.equal((await assertFlows('local-families', 'sh', ['-c', script])).length, 4);
});

test('sums the flows beyond max_flows= as other and keeps the earlier ones', async () => {
  await load({ fname: 'ends.out', max_flows: 3 });
  const ends = new Program(program('calls/ends.out'), ['connections']);
  await ends.output();
  const lines = consistentFlows().filter((line) => line['pid'] === String(ends.pid));
  const [first, second, third, ...more] = lines.filter((line) => line['kind'] === 'flow');
  assert.deepEqual(more, []);
  // In the order in which they began: both ends of the first connection, and one of the first UDP pair.
  assert.deepEqual([first?.['transport'], second?.['transport'], third?.['transport']].sort(), ['tcp', 'tcp', 'udp']);
  const rest = lines.filter((line) => line['kind'] === 'other');
  const numbers = (line: Row): string[] =>
    ['transport', 'rx_bytes', 'rx_msgs', 'tx_bytes', 'tx_msgs'].map((name) => line[name] ?? '');
  assert.deepEqual(rest.map(numbers).sort(), [
    ['tcp', '3070', '4', '3070', '4'],
    // The kept one is the sender's, whose first transfer came first.
    ['udp', '6070', '7', '3140', '5'],
  ]);
  assertFlowsAddUp(record(ends.pid));
});
