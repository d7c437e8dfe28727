// SPDX-License-Identifier: MIT
import { COUNTERS, TRANSPORTS } from '../../model/traffic';
import type { Process, Program, Traffic } from '../../model/types';
import type { CsvValue, Report } from './report';

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

const TRAFFIC_COLUMNS = ['total', ...TRANSPORTS].flatMap((transport) =>
  COUNTERS.map((counter) => transport + capital(counter)),
);

function trafficValues(traffic: Traffic): CsvValue[] {
  return [traffic.total, ...TRANSPORTS.map((transport) => traffic[transport])].flatMap((counters) =>
    COUNTERS.map((counter) => counters?.[counter] ?? null),
  );
}

const PROCESS_COLUMNS = [
  'id',
  'pid',
  'parentId',
  'rootId',
  'ppid',
  'rootPid',
  'program',
  'uid',
  'state',
  'since',
  'startedAt',
  'endedAt',
  'endSeq',
  'startSeq',
  'exitCode',
  'signal',
  'exact',
  'comm',
  'exe',
] as const;

/** The columns have the names of the JSON. Elements of a list are separated by spaces; a counter is one column, such as `tcpSentBytes`. */
export function processesCsv(processes: readonly Process[]): Report['csv'] {
  return {
    columns: [...PROCESS_COLUMNS, 'owners', 'watches', 'reasons', ...TRAFFIC_COLUMNS],
    rows: processes.map((process) => [
      ...PROCESS_COLUMNS.map((column) => process[column]),
      process.owners.join(' '),
      process.watches.join(' '),
      process.reasons.join(' '),
      ...trafficValues(process.traffic),
    ]),
  };
}

const PROGRAM_COLUMNS = [
  'id',
  'name',
  'owner',
  'kind',
  'follow',
  'watchedAt',
  'started',
  'running',
  'ended',
  'evicted',
  'missed',
] as const;

const EVICTED_COLUMNS = ['endSeq', 'evictedSeq', 'evictedShared', 'evictedInexact'] as const;

export function programsCsv(programs: readonly Program[]): Report['csv'] {
  return {
    columns: [
      ...[...PROGRAM_COLUMNS, ...TRAFFIC_COLUMNS, ...EVICTED_COLUMNS],
      ...TRAFFIC_COLUMNS.map((column) => `evicted${capital(column)}`),
      'evictedOnce',
      ...TRAFFIC_COLUMNS.map((column) => `evictedOnce${capital(column)}`),
    ],
    rows: programs.map((program) => [
      ...PROGRAM_COLUMNS.map((column) => program[column]),
      ...trafficValues(program.traffic),
      ...EVICTED_COLUMNS.map((column) => program[column]),
      ...trafficValues(program.evictedTraffic),
      program.evictedOnce,
      ...trafficValues(program.evictedOnceTraffic),
    ]),
  };
}
