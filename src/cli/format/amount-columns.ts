// SPDX-License-Identifier: MIT
import type { Counters } from '../../model/types';
import type { Style } from './style';
import type { TextColumn } from './table';

/** The four numbers of a row; a lower bound is marked as such. */
export function amountsOf(counters: Counters, exact: boolean, { units }: Style): string[] {
  const { receivedBytes, receivedMessages, sentBytes, sentMessages } = counters;
  const amount = (bytes: bigint): string => `${exact ? '' : '>='}${units.bits === true ? bytes * 8n : bytes}`;
  return [amount(receivedBytes), receivedMessages.toString(), amount(sentBytes), sentMessages.toString()];
}

export function amountColumns({ units }: Style): TextColumn[] {
  const unit = units.bits === true ? 'BITS' : 'BYTES';
  return [`RECEIVED ${unit}`, 'MESSAGES', `SENT ${unit}`, 'MESSAGES'].map((title) => ({ title, align: 'right' }));
}
