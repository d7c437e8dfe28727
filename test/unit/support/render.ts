// SPDX-License-Identifier: MIT
import type { Process, Program, Timestamp, Traffic, Transport } from '../../../src/model/types';
import { signalNumber } from '../../../src/util/signals';

/** The files of the module, written from the objects that the parsers give. */

const INET = ['tcp', 'udp', 'other'] as const;
const FAMILIES = ['unix', 'packet', 'vsock'] as const;
const ALL = [...INET, ...FAMILIES] as const;

const columnsOf = (transports: readonly Transport[]): string[] =>
  transports.flatMap((transport) =>
    ['rx_bytes', 'rx_msgs', 'tx_bytes', 'tx_msgs'].map((counter) => `${transport}_${counter}`),
  );

function fieldsOf(traffic: Traffic, transports: readonly Transport[]): (bigint | null)[] {
  return transports.flatMap((transport) => {
    const counters = traffic[transport];
    if (counters === null) return [null, null, null, null];
    const { receivedBytes, receivedMessages, sentBytes, sentMessages } = counters;
    return [receivedBytes, receivedMessages, sentBytes, sentMessages];
  });
}

function nanoseconds(time: Timestamp): bigint {
  return BigInt(Date.parse(`${time.slice(0, 19)}Z`)) * 1_000_000n + BigInt(time.slice(20, 29));
}

function field(value: string | bigint | number | boolean | null | readonly (bigint | number | string)[]): string {
  if (value === null) return '-';
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'object') return value.length === 0 ? '-' : value.join(',');
  if (value === '-') return '\\055';
  return String(value).replace(/[\t\n\\ ]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

function file(columns: readonly string[], rows: readonly (readonly Parameters<typeof field>[0][])[]): string {
  const lines = [columns, ...rows.map((row) => row.map(field))].map((row) => `${row.join('\t')}\n`);
  return `net_traffic 1\n${lines.join('')}`;
}

export function renderCounters(processes: readonly Process[]): string {
  const columns =
    'id pid parent_id root_id ppid root program owners uid state since start_ns end_ns end_seq exit_code'.split(' ');
  return file(
    [...columns, ...columnsOf(INET), 'exact', 'reasons', 'comm', 'exe', 'watches', ...columnsOf(FAMILIES), 'start_seq'],
    processes.map((p) => [
      ...[p.id, p.pid, p.parentId, p.rootId, p.ppid, p.rootPid, p.program, p.owners, p.uid, p.state, p.since],
      nanoseconds(p.startedAt),
      p.endedAt === null ? null : nanoseconds(p.endedAt),
      p.endSeq,
      p.signal !== null ? signalNumber(p.signal) : p.exitCode === null ? null : p.exitCode << 8,
      ...fieldsOf(p.traffic, INET),
      ...[p.exact, p.reasons, p.comm, p.exe, p.watches],
      ...fieldsOf(p.traffic, FAMILIES),
      p.startSeq,
    ]),
  );
}

export function renderPrograms(programs: readonly Program[]): string {
  const columns = 'id name owner kind follow since_ns started running ended evicted missed'.split(' ');
  return file(
    [
      ...[...columns, ...columnsOf(ALL), 'end_seq', 'evicted_seq', 'evicted_shared', 'evicted_inexact'],
      ...columnsOf(ALL).map((column) => `evicted_${column}`),
      'evicted_once',
      ...columnsOf(ALL).map((column) => `evicted_once_${column}`),
    ],
    programs.map((p) => [
      ...[p.id, p.name, p.owner, p.kind, p.follow, nanoseconds(p.watchedAt)],
      ...[p.started, p.running, p.ended, p.evicted, p.missed],
      ...[...fieldsOf(p.traffic, ALL), p.endSeq, p.evictedSeq, p.evictedShared, p.evictedInexact],
      ...[...fieldsOf(p.evictedTraffic, ALL), p.evictedOnce, ...fieldsOf(p.evictedOnceTraffic, ALL)],
    ]),
  );
}

export function renderStatus(values: Readonly<Record<string, string | number>>): string {
  return file(['key', 'value'], Object.entries(values));
}
