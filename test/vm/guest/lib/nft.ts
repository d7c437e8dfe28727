// SPDX-License-Identifier: MIT
/** A witness outside of the socket layer: the packets that nftables sees on their way out and in. */
import assert from 'node:assert/strict';
import { atEnd } from './cleanup';
import { Program, outputOf } from './program';

const counters = ['out4', 'in4', 'out6', 'in6'] as const;
const rules = `
table inet witness {
  ${counters.map((name) => `counter ${name} { }`).join('\n  ')}
  chain out {
    type filter hook output priority 0;
    meta nfproto ipv4 meta l4proto udp counter name out4
    meta nfproto ipv6 meta l4proto udp counter name out6
  }
  chain in {
    type filter hook input priority 0;
    meta nfproto ipv4 meta l4proto udp counter name in4
    meta nfproto ipv6 meta l4proto udp counter name in6
  }
}
`;
/** Of a datagram that is one packet: IP and UDP. */
const header = (name: string): bigint => (name.endsWith('4') ? 28n : 48n);

/** Counts all UDP from now on to the end of the test. */
export async function countUdp(): Promise<void> {
  const nft = new Program('nft', ['-f', '-']);
  nft.write(rules);
  nft.endInput();
  await nft.output();
  atEnd(async () => {
    await outputOf('nft', ['delete', 'table', 'inet', 'witness']);
  });
}

/** The payload that was on its way since. */
export async function udpCounted(): Promise<Record<string, string>> {
  const listed = await outputOf('nft', ['list', 'table', 'inet', 'witness']);
  const sums = { udp_rx_bytes: 0n, udp_rx_msgs: 0n, udp_tx_bytes: 0n, udp_tx_msgs: 0n };
  const found = [...listed.matchAll(/counter (\w+) \{\s*packets (\d+) bytes (\d+)\s*\}/g)];
  assert.deepEqual(found.map(([, name]) => name).sort(), [...counters].sort(), listed);
  for (const [, name = '', packets = '', bytes = ''] of found) {
    const direction = name.startsWith('in') ? 'rx' : 'tx';
    sums[`udp_${direction}_msgs`] += BigInt(packets);
    sums[`udp_${direction}_bytes`] += BigInt(bytes) - header(name) * BigInt(packets);
  }
  return Object.fromEntries(Object.entries(sums).map(([name, value]) => [name, String(value)]));
}
