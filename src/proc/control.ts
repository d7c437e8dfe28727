// SPDX-License-Identifier: MIT
import { TrafficError } from '../errors';
import { parseTable } from './table';

/** The text of `/proc/net_traffic/control`: the owner that the reading descriptor acts for. */
export function parseControl(text: string, file = '/proc/net_traffic/control'): number {
  const row = parseTable(text, file)[0];
  if (!row) throw new TrafficError('ERR_ABI', `${file} names no owner.`);
  return row.integer('owner');
}
