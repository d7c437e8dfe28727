// SPDX-License-Identifier: MIT
import type { RunResult } from '../../model/api-results';
import { TRANSPORTS } from '../../model/traffic';
import type { Counters, Process, Program, Snapshot, Traffic } from '../../model/types';
import type { Metric, Sample } from './prometheus';

type Labels = Readonly<Record<string, string>>;

/** Nothing of a transport that is not counted. */
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
 * What is watched, by watch: few series that live as long as the watch and never decrease, also when processes come and
 * go. They are what a scraper should collect.
 */
export function programMetrics(programs: readonly Program[]): Metric[] {
  const each = (value: (program: Program) => bigint): Sample[] =>
    programs.map((program) => ({ labels: programLabels(program), value: value(program) }));
  return [
    {
      name: 'lkm_traffic_bytes_total',
      type: 'counter',
      help: 'Payload bytes moved by the processes of a watched program.',
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
      help: 'Processes that matched a watched program, with their followed children.',
      samples: each(({ started }) => started),
    },
    {
      name: 'lkm_traffic_processes_evicted_total',
      type: 'counter',
      help: 'Ended processes that had to make room; their traffic stays in the totals.',
      samples: each(({ evicted }) => evicted),
    },
    {
      name: 'lkm_traffic_processes_evicted_inexact_total',
      type: 'counter',
      help: 'Evicted processes whose counts were a lower bound; not 0: the totals are one too.',
      samples: each(({ evictedInexact }) => evictedInexact),
    },
    {
      name: 'lkm_traffic_processes_missed_total',
      type: 'counter',
      help: 'Executions and forks that could not be recorded for lack of memory; not 0: the totals are a lower bound.',
      samples: each(({ missed }) => missed),
    },
    {
      name: 'lkm_traffic_processes_running',
      type: 'gauge',
      help: 'Processes of a watched program that run now.',
      samples: each(({ running }) => running),
    },
  ];
}

/** A series a process: for a look at a few, not for collection, since every new process would be new series. */
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
      help: 'Payload bytes moved by a process.',
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
      help: '1 when the counts of a process are exact, 0 when they are a lower bound.',
      samples: processes.map((process) => ({ labels: labels(process), value: process.exact ? 1n : 0n })),
    },
  ];
}

/** What one command moved. */
export function runMetrics({ traffic, exact, exitCode }: RunResult): Metric[] {
  return [
    {
      name: 'lkm_traffic_run_bytes',
      type: 'gauge',
      help: 'Payload bytes moved by a command and its descendants.',
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
      help: '1 when the counts are exact, 0 when they are a lower bound.',
      samples: [{ labels: {}, value: exact ? 1n : 0n }],
    },
    {
      name: 'lkm_traffic_run_exit_code',
      type: 'gauge',
      help: 'Exit status of the command; absent when a signal ended it.',
      samples: exitCode === null ? [] : [{ labels: {}, value: BigInt(exitCode) }],
    },
  ];
}

export function infoMetric({ engine, families }: Pick<Snapshot, 'engine' | 'families'>): Metric {
  return {
    name: 'lkm_traffic_info',
    type: 'gauge',
    help: 'How transfers are seen, and the address families counted.',
    samples: [{ labels: { engine, families: families.join(',') }, value: 1n }],
  };
}
