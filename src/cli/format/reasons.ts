// SPDX-License-Identifier: MIT
import { EVICTED } from '../../session/ledger';
import { visible } from './style';

const WORDS: Readonly<Record<string, string>> = {
  attached: 'what it moved before it was attached is unknown',
  child_not_recorded: 'there was no memory to record one of its children',
  zcrx: "it received by io_uring's zero-copy receive, which passes the hooks",
  sctp_events: 'it received from an SCTP socket with notifications, which engine=tracepoint does not tell from payload',
  unreadable_result: 'the result of one of its TCP_ZEROCOPY_RECEIVE could not be read',
  [EVICTED]: 'it ended, and made room for others, before its last counts were read',
};

/** `attached: what it moved before it was attached is unknown` */
export function inWords(reason: string): string {
  const words = WORDS[reason];
  return words === undefined ? visible(reason) : `${reason}: ${words}`;
}
