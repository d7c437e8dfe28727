// SPDX-License-Identifier: MIT
/** What strace says that a program's calls returned: the sum for its inet sockets. */
import { readFileSync } from 'node:fs';
import { counts, type Row } from './proc';

const receiving = ['read', 'readv', 'recvfrom', 'recvmsg', 'preadv2', 'recvmmsg'];
const sending = ['write', 'writev', 'sendto', 'sendmsg', 'pwritev2', 'sendmmsg', 'sendfile'];
export const straceOptions = [
  '-f',
  // Stops at these calls only.
  '--seccomp-bpf',
  '-yy',
  '-s0',
  '-e',
  'abbrev=!sendmmsg,recvmmsg',
  '-qq',
  '-e',
  `trace=${[...receiving, ...sending, 'splice'].join(',')}`,
  '-e',
  'signal=none',
];

const call = /^(\w+)\((\d+)<(TCP|UDP)(?:v6)?:.*?\) += (-?\d+)/;

const splice = /^splice\(\d+(?:<(TCP)(?:v6)?:.*?\])?.*?, NULL, \d+(?:<(TCP)(?:v6)?:.*)?.* = (\d+)/;

/** The transfers of inet sockets in a line: none, one, or for sendmmsg and recvmmsg several. */
function transfersOf(line: string): { column: string; size: bigint }[] {
  const [spliced, from, to, moved = ''] = splice.exec(line) ?? [];
  if (spliced !== undefined) {
    return [
      ...(from === undefined ? [] : [{ column: 'tcp_rx', size: BigInt(moved) }]),
      ...(to === undefined ? [] : [{ column: 'tcp_tx', size: BigInt(moved) }]),
    ].filter(({ size }) => size > 0n);
  }
  const [, name = '', , transport = '', result = ''] = call.exec(line) ?? [];
  if (name === '' || Number(result) <= 0 || /MSG_PEEK|MSG_ERRQUEUE/.test(line)) return [];
  const column = `${transport.toLowerCase()}_${receiving.includes(name) ? 'rx' : 'tx'}`;
  if (!name.endsWith('mmsg')) return [{ column, size: BigInt(result) }];
  const sizes = [...line.matchAll(/msg_len=(\d+)/g)].map(([, size = '']) => BigInt(size));
  return sizes.slice(0, Number(result)).map((size) => ({ column, size }));
}

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
    for (const { column, size } of transfersOf(whole)) {
      sums[`${column}_bytes`] = (sums[`${column}_bytes`] ?? 0n) + size;
      sums[`${column}_msgs`] = (sums[`${column}_msgs`] ?? 0n) + 1n;
    }
  }
  return counts(sums);
}
