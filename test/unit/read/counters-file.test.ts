// SPDX-License-Identifier: MIT
import { parseCounters } from '../../../src/read/counters-file';
import { fixture } from '../support/fixtures';

const processes = parseCounters(fixture('counters'));
const byId = (id: bigint): (typeof processes)[number] => {
  const found = processes.find((process) => process.id === id);
  if (!found) throw new Error(`no process ${id}`);
  return found;
};

test('reads each row as a process', () => {
  expect(processes.map(({ id }) => id)).toEqual([1n, 2n, 3n, 5n, 6n]);
});

test('reads a server that exited', () => {
  expect(byId(1n)).toMatchObject({
    pid: 1001,
    parentId: null,
    rootId: 1n,
    program: 'server.out',
    owners: [0, 2],
    watches: [1n, 3n],
    state: 'exited',
    since: 'exec',
    startedAt: '2026-11-24T03:00:00.123456789Z',
    endedAt: '2026-11-24T03:01:00.000000000Z',
    endSeq: 1n,
    startSeq: null,
    exitCode: 0,
    signal: null,
    exact: true,
    reasons: [],
    exe: '/root/server.out',
  });
  expect(byId(1n).traffic.tcp).toEqual({
    receivedBytes: 175n,
    receivedMessages: 5n,
    sentBytes: 175n,
    sentMessages: 5n,
  });
});

test('keeps each digit of the largest count of the kernel', () => {
  expect(byId(2n).traffic.udp.receivedBytes).toBe(18446744073709551615n);
  expect(byId(2n).traffic.total.receivedBytes).toBe(18446744073709551615n);
});

test('reads a family that is not counted as null, not as zeros', () => {
  const counted = { receivedBytes: 4000n, receivedMessages: 5n, sentBytes: 300n, sentMessages: 4n };
  expect(byId(3n).traffic).toMatchObject({ unix: counted, packet: null, vsock: null });
  expect(byId(1n).traffic.unix).toBeNull();
  const { tcp, udp, other, total } = byId(3n).traffic;
  expect(total.receivedBytes).toBe(tcp.receivedBytes + udp.receivedBytes + other.receivedBytes + 4000n);
});

test('reads a running process without an end', () => {
  expect(byId(2n)).toMatchObject({ endedAt: null, endSeq: null, exitCode: null, signal: null });
});

test('reads the newest end before the process began', () => {
  expect(byId(6n)).toMatchObject({ endSeq: 4n, startSeq: 3n });
});

test('decodes names', () => {
  expect(byId(2n)).toMatchObject({ program: 'my prog\t\\', exe: '/opt/my prog\t\\' });
  expect(byId(3n).comm).toBe('-');
  expect(byId(6n)).toMatchObject({ program: 'a,b', comm: 'a,b' });
});

test('splits a wait status into exit code and signal', () => {
  expect(byId(3n)).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
  expect(byId(6n)).toMatchObject({ exitCode: 3, signal: null });
});

test('reads the reasons of a lower bound, and unknown values as null', () => {
  expect(byId(5n)).toMatchObject({
    program: null,
    exe: null,
    exact: false,
    reasons: ['attached', 'child_not_recorded'],
    exitCode: null,
  });
});
