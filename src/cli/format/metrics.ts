// SPDX-License-Identifier: MIT
import type { RunResult } from '../../model/api-results';
import { TRANSPORTS } from '../../model/traffic';
import type { Counters, Process, Program, Snapshot, Traffic } from '../../model/types';
import type { Metric, Sample } from './prometheus';

type Labels = Readonly<Record<string, string>>;

/** The samples of one transport; none if the transport is not counted. */
export function directions(labels: Labels, counters: Counters | null, what: 'Bytes' | 'Messages'): Sample[] {
  if (counters === null) return [];
  return [
    { labels: { ...labels, direction: 'received' }, value: counters[`received${what}`] },
    { labels: { ...labels, direction: 'sent' }, value: counters[`sent${what}`] },
  ];
}

function byTransport(labels: Labels, traffic: Traffic, what: 'Bytes' | 'Messages'): Sample[] {
  return TRANSPORTS.flatMap((transport) => directions({ ...labels, transport }, traffic[transport], what));
}

function programLabels({ name, kind, owner }: Program): Labels {
  return { program: name ?? '', kind, owner: String(owner) };
}

/**
 * The series of each watch. They are few, live as long as the watch and never decrease, even if processes start and end.
 * A scraper should collect these.
 */
export function programMetrics(programs: readonly Program[]): Metric[] {
  const each = (value: (program: Program) => bigint): Sample[] =>
    programs.map((program) => ({ labels: programLabels(program), value: value(program) }));
  return [
    {
      name: 'lkm_traffic_bytes_total',
      type: 'counter',
      help: 'Payload bytes sent and received by the processes of a watched program.',
      samples: programs.flatMap((program) => byTransport(programLabels(program), program.traffic, 'Bytes')),
    },
    {
      name: 'lkm_traffic_messages_total',
      type: 'counter',
      help: 'Successful socket calls by the processes of a watched program.',
      samples: programs.flatMap((program) => byTransport(programLabels(program), program.traffic, 'Messages')),
    },
    {
      name: 'lkm_traffic_processes_started_total',
      type: 'counter',
      help: 'Processes that matched a watched program, and their children if these are followed.',
      samples: each(({ started }) => started),
    },
    {
      name: 'lkm_traffic_processes_evicted_total',
      type: 'counter',
      help: 'Ended processes that are no longer listed, because only the newest are; the totals include their traffic.',
      samples: each(({ evicted }) => evicted),
    },
    {
      name: 'lkm_traffic_processes_evicted_inexact_total',
      type: 'counter',
      help: 'Evicted processes whose counts were lower bounds; if this is not 0, the totals are lower bounds too.',
      samples: each(({ evictedInexact }) => evictedInexact),
    },
    {
      name: 'lkm_traffic_processes_missed_total',
      type: 'counter',
      help: 'Executions and forks that could not be recorded for lack of memory; if this is not 0, the totals are lower bounds.',
      samples: each(({ missed }) => missed),
    },
    {
      name: 'lkm_traffic_processes_running',
      type: 'gauge',
      help: 'Processes of a watched program that are running now.',
      samples: each(({ running }) => running),
    },
  ];
}

/** The series of each process. They are for a look at a few processes: a scraper would collect new series without end. */
export function processMetrics(processes: readonly Process[]): Metric[] {
  const labels = ({ program, pid, id, comm }: Process): Labels => ({
    program: program ?? '',
    pid: String(pid),
    id: id.toString(),
    comm: comm ?? '',
  });
  return [
    {
      name: 'lkm_traffic_process_bytes_total',
      type: 'counter',
      help: 'Payload bytes sent and received by a process.',
      samples: processes.flatMap((process) => byTransport(labels(process), process.traffic, 'Bytes')),
    },
    {
      name: 'lkm_traffic_process_messages_total',
      type: 'counter',
      help: 'Successful socket calls by a process.',
      samples: processes.flatMap((process) => byTransport(labels(process), process.traffic, 'Messages')),
    },
    {
      name: 'lkm_traffic_process_exact',
      type: 'gauge',
      help: '1 if the counts of a process are exact, 0 if they are lower bounds.',
      samples: processes.map((process) => ({ labels: labels(process), value: process.exact ? 1n : 0n })),
    },
  ];
}

/** The traffic of one command. */
export function runMetrics({ traffic, exact, exitCode }: RunResult): Metric[] {
  return [
    {
      name: 'lkm_traffic_run_bytes',
      type: 'gauge',
      help: 'Payload bytes sent and received by a command and its descendants.',
      samples: byTransport({}, traffic, 'Bytes'),
    },
    {
      name: 'lkm_traffic_run_messages',
      type: 'gauge',
      help: 'Successful socket calls by a command and its descendants.',
      samples: byTransport({}, traffic, 'Messages'),
    },
    {
      name: 'lkm_traffic_run_exact',
      type: 'gauge',
      help: '1 if the counts are exact, 0 if they are lower bounds.',
      samples: [{ labels: {}, value: exact ? 1n : 0n }],
    },
    {
      name: 'lkm_traffic_run_exit_code',
      type: 'gauge',
      help: 'Exit status of the command; absent if a signal ended it.',
      samples: exitCode === null ? [] : [{ labels: {}, value: BigInt(exitCode) }],
    },
  ];
}

export function infoMetric({ engine, families }: Pick<Snapshot, 'engine' | 'families'>): Metric {
  return {
    name: 'lkm_traffic_info',
    type: 'gauge',
    help: 'The engine of the module, and the address families that it counts.',
    samples: [{ labels: { engine, families: families.join(',') }, value: 1n }],
  };
}
