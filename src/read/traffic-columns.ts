// SPDX-License-Identifier: MIT
import { trafficOf } from '../model/traffic';
import type { Counters, Traffic } from '../model/types';
import type { Row } from './proc-table';

/** The four columns of a transport. Their names begin with `prefix`: `tcp_` in `counters`, nothing in `flows`. */
export function parseCountersOf(row: Row, prefix: string): Counters {
  return {
    receivedBytes: row.count(`${prefix}rx_bytes`),
    receivedMessages: row.count(`${prefix}rx_msgs`),
    sentBytes: row.count(`${prefix}tx_bytes`),
    sentMessages: row.count(`${prefix}tx_msgs`),
  };
}

/** Null if the address family is not counted. */
function ofFamily(row: Row, prefix: string): Counters | null {
  return row.optionalCount(`${prefix}rx_bytes`) === null ? null : parseCountersOf(row, prefix);
}

/** The traffic columns of `counters` and `programs`. Their names begin with `prefix`, which may be `evicted_`. */
export function parseTraffic(row: Row, prefix = ''): Traffic {
  return trafficOf({
    tcp: parseCountersOf(row, `${prefix}tcp_`),
    udp: parseCountersOf(row, `${prefix}udp_`),
    other: parseCountersOf(row, `${prefix}other_`),
    unix: ofFamily(row, `${prefix}unix_`),
    packet: ofFamily(row, `${prefix}packet_`),
    vsock: ofFamily(row, `${prefix}vsock_`),
  });
}
