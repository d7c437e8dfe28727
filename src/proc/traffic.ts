// SPDX-License-Identifier: MIT
import { trafficOf } from '../traffic';
import type { Counters, Traffic } from '../types';
import type { Row } from './table';

function counters(row: Row, transport: string): Counters {
  return {
    receivedBytes: row.count(`${transport}_rx_bytes`),
    receivedMessages: row.count(`${transport}_rx_msgs`),
    sentBytes: row.count(`${transport}_tx_bytes`),
    sentMessages: row.count(`${transport}_tx_msgs`),
  };
}

/** The twelve counters that rows of `counters` and `programs` share. */
export function parseTraffic(row: Row): Traffic {
  return trafficOf(counters(row, 'tcp'), counters(row, 'udp'), counters(row, 'other'));
}
