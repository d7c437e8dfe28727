// SPDX-License-Identifier: MIT
import { existsSync, readFileSync } from 'node:fs';
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
