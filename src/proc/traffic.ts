// SPDX-License-Identifier: MIT
import { trafficOf } from '../traffic';
import type { Counters, Traffic } from '../types';
import type { Row } from './table';

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
function ofFamily(row: Row, family: string): Counters | null {
  return row.optionalCount(`${family}_rx_bytes`) === null ? null : parseCountersOf(row, `${family}_`);
}

/** The counters that rows of `counters` and `programs` share. */
export function parseTraffic(row: Row): Traffic {
  return trafficOf({
    tcp: parseCountersOf(row, 'tcp_'),
    udp: parseCountersOf(row, 'udp_'),
    other: parseCountersOf(row, 'other_'),
    unix: ofFamily(row, 'unix'),
    packet: ofFamily(row, 'packet'),
    vsock: ofFamily(row, 'vsock'),
  });
}
