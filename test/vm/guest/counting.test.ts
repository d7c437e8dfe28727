// SPDX-License-Identifier: MIT
/** The rules of counting: what a program's calls returned, summed by itself, is what the module counted of it. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { program } from './lib/environment';
import { load } from './lib/module';
import { test } from './lib/plan';
import { Program, outputOf } from './lib/program';
import { record } from './lib/proc';
import { assertWitnessed, parseReport } from './lib/witness';

const rules: Record<string, Record<string, string>> = {
  tcp: {
    ipv4: 'TCP over IPv4 counts at both ends of a loopback connection',
    ipv6: 'TCP over IPv6 counts',
    vectors: 'readv, writev, preadv2, pwritev2, sendmsg and recvmsg count',
    mmsg: 'sendmmsg and recvmmsg of n are n messages',
    peek: 'a TCP peek is not counted',
    again: 'EAGAIN is nothing, and a send that was short counts as short',
    'end-of-stream': 'the end of a stream is no message',
    errors: 'a call that fails is nothing',
    partial: 'MSG_WAITALL that times out and MSG_TRUNC count what the call returned',
    sendfile: 'sendfile counts',
    'splice-in': 'splice out of a socket counts, its EAGAIN and its end do not',
    'splice-out': 'splice into a socket counts',
    vmsplice: 'vmsplice and splice into a socket count once',
    'zero-copy': 'MSG_ZEROCOPY counts, its notification does not',
    'fast-open': 'TCP Fast Open counts',
    'kernel-tls': 'kernel TLS counts what the program holds',
    'kernel-tls-splice': 'splice from a kernel TLS socket counts',
    mptcp: 'MPTCP counts once, as TCP',
    mptcp6: 'MPTCP over IPv6 counts once, as TCP',
    'mptcp-sendfile': 'sendfile to an MPTCP socket counts once',
    repair: 'filling the queue of a socket under repair is nothing',
  },
  datagram: {
    ipv4: 'UDP over IPv4 counts',
    ipv6: 'UDP over IPv6 counts',
    empty: 'an empty datagram is one message without bytes, a receive after shutdown is none',
    truncated: 'a truncated datagram counts as what the call returned',
    peek: 'a UDP peek is not counted',
    'error-queue': 'reading the error queue is not counted',
    mmsg: 'sendmmsg and recvmmsg of datagrams count each',
    segments: 'one send that is segmented is one message',
    splice: 'splice of datagrams counts both ways, once',
    'raw-ipv4': 'a raw IPv4 socket counts as other',
    'raw-ipv6': 'a raw IPv6 socket counts as other',
    sctp: 'SCTP counts as other',
    unix: 'AF_UNIX is not the network',
    netlink: 'netlink is not the network',
  },
  uring: {
    plain: 'io_uring: send, recv, read and write count',
    workers: 'io_uring: what its workers do counts for the process',
    polling: 'io_uring: what its polling thread does counts for the process',
    'zero-copy': 'io_uring: a zero-copy send counts once, its notification does not',
    'splice-in': 'io_uring: a splice out of a socket counts',
  },
  sharing: {
    threads: 'all threads of a process count',
    'leader-ends-first': 'a process counts on when its first thread has ended',
  },
};

for (const [file, scenarios] of Object.entries(rules)) {
  const path = program(`calls/${file}.out`);

  test(`every scenario of ${file} has a test`, async () => {
    const names = (await outputOf(path)).trim().split('\n');
    const elsewhere = ['fork', 'pass'];
    assert.deepEqual(
      names.filter((name) => !(name in scenarios) && !elsewhere.includes(name)),
      [],
    );
  });

  for (const [scenario, rule] of Object.entries(scenarios)) {
    test(`${rule} (${file} ${scenario})`, async () => {
      if (scenario === 'fast-open') writeFileSync('/proc/sys/net/ipv4/tcp_fastopen', '0x603');
      await load({ fname: `${file}.out` });
      const witness = new Program(path, [scenario]);
      const report = parseReport(await witness.output());
      assert.equal(Object.keys(report).length, 12);
      const row = record(witness.pid);
      assertWitnessed(row, report);
      assert.deepEqual([row['state'], row['exit_code'], row['exact']], ['exited', '0', '1']);
    });
  }
}

const shared = [
  ['fork', 'a socket shared by fork counts for whoever makes the call'],
  ['pass', 'a socket passed over AF_UNIX counts for whoever makes the call'],
] as const;

for (const [scenario, rule] of shared) {
  test(rule, async () => {
    await load({ fname: 'sharing.out' });
    const parent = new Program(program('calls/sharing.out'), [scenario]);
    const output = await parent.output();
    const [, childReport = '', child = '', parentReport = ''] = /^([^]*)child (\d+)\n([^]*)$/.exec(output) ?? [];
    assertWitnessed(record(Number(child)), parseReport(childReport));
    assertWitnessed(record(parent.pid), parseReport(parentReport));
    assert.deepEqual(
      [record(Number(child))['since'], record(Number(child))['parent_id']],
      ['fork', record(parent.pid)['id']],
    );
  });
}
