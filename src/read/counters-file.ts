// SPDX-License-Identifier: MIT
import type { Process } from '../model/types';
import { signalName } from '../util/signals';
import { timestamp } from '../util/time';
import { parseTable, TableReader, type Row } from './proc-table';
import { parseTraffic } from './traffic-columns';

/** Splits a wait status of waitpid(2) into the exit status and the signal. */
export function parseWaitStatus(status: number | null): Pick<Process, 'exitCode' | 'signal'> {
  if (status === null) return { exitCode: null, signal: null };
  const signal = status & 0x7f;
  if (signal === 0) return { exitCode: (status >> 8) & 0xff, signal: null };
  return { exitCode: null, signal: signalName(signal) };
}

function parseProcess(row: Row): Process {
  const endedAt = row.optionalCount('end_ns');
  return {
    id: row.count('id'),
    pid: row.integer('pid'),
    parentId: row.optionalCount('parent_id'),
    rootId: row.count('root_id'),
    ppid: row.optionalInteger('ppid'),
    rootPid: row.integer('root'),
    program: row.optionalText('program'),
    owners: row.countList('owners').map(Number),
    watches: row.countList('watches'),
    uid: row.optionalInteger('uid'),
    state: row.oneOf('state', ['running', 'exited', 'detached']),
    since: row.oneOf('since', ['exec', 'fork', 'attach']),
    startedAt: timestamp(row.count('start_ns')),
    endedAt: endedAt === null ? null : timestamp(endedAt),
    endSeq: row.optionalCount('end_seq'),
    startSeq: row.optionalCount('start_seq'),
    ...parseWaitStatus(row.optionalInteger('exit_code')),
    traffic: parseTraffic(row),
    exact: row.flag('exact'),
    reasons: row.list('reasons'),
    comm: row.optionalText('comm'),
    exe: row.optionalText('exe'),
  };
}

/** Parses `/proc/net_traffic/counters`: each row is a process, sorted by `id`. */
export function parseCounters(text: string, file = '/proc/net_traffic/counters'): Process[] {
  return parseTable(text, file).map(parseProcess);
}

/** Parses `/proc/net_traffic/counters` repeatedly. */
export const countersReader = (): TableReader<Process> => new TableReader(parseProcess);
