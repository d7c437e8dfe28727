// SPDX-License-Identifier: MIT
/** What strace says that a program's calls returned: the sum for its inet sockets. */
import { readFileSync } from 'node:fs';
import { counts, type Row } from './proc';

const receiving = ['read', 'readv', 'recvfrom', 'recvmsg', 'preadv2'];
const sending = ['write', 'writev', 'sendto', 'sendmsg', 'pwritev2'];
/** Calls of which one is one message, and that libuv and the C library use. */
export const straceOptions = [
  '-f',
  // Stops at these calls only.
  '--seccomp-bpf',
  '-yy',
  '-s0',
  '-qq',
  '-e',
  `trace=${[...receiving, ...sending].join(',')}`,
  '-e',
  'signal=none',
];

const call = /^(\w+)\((\d+)<(TCP|UDP)(?:v6)?:.*?\) += (-?\d+)/;

/** The counts of a `strace -f -o FILE` with straceOptions. */
export function straced(file: string): Row {
  const sums: Record<string, bigint> = {};
  const unfinished = new Map<string, string>();
  for (const line of readFileSync(file, 'latin1').split('\n')) {
    const [, pid = '', text = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const begun = / <unfinished \.\.\.>$/.exec(text);
    if (begun) {
      unfinished.set(pid, text.slice(0, begun.index));
      continue;
    }
    const whole = text.replace(/^<\.\.\. \w+ resumed>/, () => unfinished.get(pid) ?? '');
    const [, name = '', , transport = '', result = ''] = call.exec(whole) ?? [];
    if (name === '' || Number(result) <= 0 || /MSG_PEEK|MSG_ERRQUEUE/.test(whole)) continue;
    const column = `${transport.toLowerCase()}_${receiving.includes(name) ? 'rx' : 'tx'}`;
    sums[`${column}_bytes`] = (sums[`${column}_bytes`] ?? 0n) + BigInt(result);
    sums[`${column}_msgs`] = (sums[`${column}_msgs`] ?? 0n) + 1n;
  }
  return counts(sums);
}
