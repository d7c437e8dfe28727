// SPDX-License-Identifier: MIT
import { NO_TRAFFIC, trafficOf } from '../../../src/model/traffic';
import type { Process, Program, Traffic } from '../../../src/model/types';
import { timestamp } from '../../../src/util/time';

/** Traffic over TCP only. */
export function tcp(receivedBytes: bigint, sentBytes = receivedBytes): Traffic {
  const messages = (bytes: bigint): bigint => (bytes > 0n ? 1n : 0n);
  return trafficOf({
    ...NO_TRAFFIC,
    tcp: { receivedBytes, receivedMessages: messages(receivedBytes), sentBytes, sentMessages: messages(sentBytes) },
  });
}

export function aProcess(given: Partial<Process> & { readonly id: bigint }): Process {
  const pid = given.pid ?? 1000 + Number(given.id);
  return {
    pid,
    parentId: null,
    rootId: given.id,
    ppid: 1,
    rootPid: pid,
    program: 'server.out',
    owners: [1],
    watches: [10n],
    uid: 0,
    state: 'running',
    since: 'exec',
    startedAt: timestamp(given.id * 1_000_000_000n),
    endedAt: null,
    endSeq: null,
    startSeq: null,
    exitCode: null,
    signal: null,
    traffic: tcp(0n),
    exact: true,
    reasons: [],
    comm: 'server.out',
    exe: '/root/server.out',
    ...given,
  };
}

export function ended(process: Process, endSeq: bigint, traffic = process.traffic): Process {
  return { ...process, state: 'exited', endedAt: timestamp(endSeq * 2_000_000_000n), endSeq, exitCode: 0, traffic };
}

export function aProgram(given: Partial<Program> = {}): Program {
  return {
    id: 10n,
    name: 'server.out',
    owner: 1,
    kind: 'name',
    follow: true,
    watchedAt: timestamp(0n),
    started: 0n,
    running: 0n,
    ended: 0n,
    evicted: 0n,
    evictedShared: 0n,
    evictedInexact: 0n,
    evictedTraffic: tcp(0n),
    evictedOnce: 0n,
    evictedOnceTraffic: tcp(0n),
    evictedSeq: null,
    missed: 0n,
    endSeq: null,
    traffic: tcp(0n),
    ...given,
  };
}
