// SPDX-License-Identifier: MIT
import { parseFlows } from '../../../src/read/flows-file';
import { fixture } from '../support/fixtures';

const [server, other, ...more] = parseFlows(fixture('flows'));

test('the lines of a process are one process', () => {
  expect([server?.id, other?.id, more.length]).toEqual([1n, 3n, 0]);
  expect([server?.pid, server?.flows.length]).toEqual([1001, 3]);
});

test('a flow has both ends, how far the peer is, and what was moved, to the digit', () => {
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

test('an unknown peer is null, as is a local address that is any', () => {
  expect(server?.flows[2]).toMatchObject({
    ...{ transport: 'udp', localAddress: null, localPort: 5353, remoteAddress: null, remotePort: null, scope: null },
  });
});

test('totals are by transport, with what is in no flow', () => {
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

test('a kind, transport or scope that is not known is refused', () => {
  const text = fixture('flows');
  for (const [from, to] of [
    ['\tflow\tudp', '\tstream\tudp'],
    ['\tflow\tudp', '\tflow\tquic'],
    ['\tloopback\t', '\tmoon\t'],
  ] as const) {
    expect(() => parseFlows(text.replace(from, to))).toThrow(/cannot be read/);
  }
});
