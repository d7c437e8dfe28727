// SPDX-License-Identifier: MIT
import { parseFlows } from '../../../src/read/flows-file';
import { fixture } from '../support/fixtures';

const [server, other, ...more] = parseFlows(fixture('flows'));

test('reads the rows of a process as one process', () => {
  expect([server?.id, other?.id, more.length]).toEqual([1n, 3n, 0]);
  expect([server?.pid, server?.flows.length]).toEqual([1001, 3]);
});

test('reads both ends, the scope and each digit of the counters of a flow', () => {
  expect(server?.flows[0]).toEqual({
    transport: 'tcp',
    family: 'inet',
    netns: 4026531840,
    localAddress: '127.0.0.1',
    localPort: 9877,
    remoteAddress: '127.0.0.1',
    remotePort: 54197,
    scope: 'loopback',
    counters: { receivedBytes: 100n, receivedMessages: 3n, sentBytes: 18446744073709551515n, sentMessages: 4n },
    firstUsedAt: '2026-11-24T03:00:00.123456789Z',
    lastUsedAt: '2026-11-24T03:01:00.000000000Z',
  });
});

test('reads an unknown peer and any local address as null', () => {
  expect(server?.flows[2]).toMatchObject({
    ...{ transport: 'udp', localAddress: null, localPort: 5353, remoteAddress: null, remotePort: null, scope: null },
  });
});

test('reads totals by transport, with the traffic that is in no flow', () => {
  expect(server?.totals).toEqual([
    {
      transport: 'tcp',
      counters: { receivedBytes: 175n, receivedMessages: 5n, sentBytes: 18446744073709551615n, sentMessages: 5n },
      unlisted: { receivedBytes: 35n, receivedMessages: 1n, sentBytes: 100n, sentMessages: 1n },
    },
    {
      transport: 'udp',
      counters: { receivedBytes: 0n, receivedMessages: 0n, sentBytes: 60000n, sentMessages: 1n },
      unlisted: null,
    },
  ]);
});

test('rejects an unknown kind, transport or scope', () => {
  const text = fixture('flows');
  for (const [from, to] of [
    ['\tflow\tudp', '\tstream\tudp'],
    ['\tflow\tudp', '\tflow\tquic'],
    ['\tloopback\t', '\tmoon\t'],
  ] as const) {
    expect(() => parseFlows(text.replace(from, to))).toThrow(/cannot be read/);
  }
});
