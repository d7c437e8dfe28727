// SPDX-License-Identifier: MIT
/** Ports, and another network beside this one. */
import { existsSync, readFileSync } from 'node:fs';
import { atEnd } from './cleanup';
import { outputOf } from './program';
import { until } from './wait';

/** Waits until somebody listens on a TCP port, or has bound a UDP one, without touching it. */
export async function bound(transport: 'tcp' | 'udp', port: number): Promise<void> {
  const state = transport === 'tcp' ? '0A' : '07';
  const wanted = new RegExp(
    `^ *\\d+: [0-9A-F]+:${port.toString(16).toUpperCase().padStart(4, '0')} [0-9A-F]+:0000 ${state} `,
    'm',
  );
  await until(`${transport} port ${port}`, () =>
    [transport, `${transport}6`]
      .map((name) => `/proc/net/${name}`)
      .some((file) => existsSync(file) && wanted.test(readFileSync(file, 'latin1'))),
  );
}

/** A network of its own, joined to this one by a cable: as another host, for what is no loopback. */
export interface Neighbour {
  /** This host's address as seen from there. */
  readonly address: string;
  /** Runs what follows there. */
  readonly inside: readonly string[];
}

export async function neighbour(): Promise<Neighbour> {
  const lines = [
    'netns add neighbour',
    'link add cable type veth peer name cable netns neighbour',
    'address add 10.9.8.1/24 dev cable',
    'link set cable up',
    '-n neighbour address add 10.9.8.2/24 dev cable',
    '-n neighbour link set cable up',
    '-n neighbour link set lo up',
  ];
  atEnd(async () => {
    await outputOf('ip', ['netns', 'delete', 'neighbour']);
  });
  for (const line of lines) await outputOf('ip', line.split(' '));
  return { address: '10.9.8.1', inside: ['nsenter', '--net=/run/netns/neighbour'] };
}
