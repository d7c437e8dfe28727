// SPDX-License-Identifier: MIT
import { trafficOf } from '../model/traffic';
import type { Counters, Traffic } from '../model/types';
import type { Row } from './proc-table';

/** The four numbers whose columns begin with this: `tcp_` in `counters`, nothing in `flows`. */
export function parseCountersOf(row: Row, prefix: string): Counters {
  return {
    receivedBytes: row.count(`${prefix}rx_bytes`),
    receivedMessages: row.count(`${prefix}rx_msgs`),
    sentBytes: row.count(`${prefix}tx_bytes`),
    sentMessages: row.count(`${prefix}tx_msgs`),
  };
}

/** Null when the family is not counted. */
function ofFamily(row: Row, prefix: string): Counters | null {
  return row.optionalCount(`${prefix}rx_bytes`) === null ? null : parseCountersOf(row, prefix);
}

/** The counters that rows of `counters` and `programs` share, or those whose columns begin with this: `evicted_`. */
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
