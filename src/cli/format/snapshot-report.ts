// SPDX-License-Identifier: MIT
import { hasSeveral } from '../../model/records';
import type { Process, Program, Snapshot } from '../../model/types';
import { amountColumns, amountsOf } from './amount-columns';
import { processesCsv } from './csv';
import { flowLines, flowMetrics, flowsCsv, flowsData, flowsText } from './flow-report';
import { infoMetric, processMetrics, programMetrics } from './metrics';
import { whyInexact } from './words';
import type { Report } from './report';
import { visible, type Style } from './style';
import { formatTable } from './table';
import { asTree, COMPARE, type Sort } from './tree';
import { brief, countOf, ownersTitle, ownerTitle, programTitle } from './words';
import { receivedAndSent, stateOf, whatIsCounted, whatNext } from './words';

export interface SnapshotView {
  readonly sort?: Sort | undefined;
  /** Whether the Prometheus format has series for each process too. */
  readonly perProcess?: boolean | undefined;
  /** Whether the module is unloaded, so that starting a program would not count it. */
  readonly final?: boolean | undefined;
}

/** Processes as a tree, programs, totals. */
export function snapshotReport(snapshot: Snapshot, view: SnapshotView = {}): Report {
  const { perProcess = false } = view;
  const { processes, programs, total, exact, reasons, evicted, takenAt, flows } = snapshot;
  return {
    type: 'snapshot',
    data: flows ? { ...snapshot, ...flowsData(flows) } : snapshot,
    lines: [
      ...processes.map((process) => ({ type: 'process', data: process })),
      ...programs.map((program) => ({ type: 'program', data: program })),
      ...(flows ? flowLines(flows) : []),
      {
        type: 'total',
        data: { takenAt, families: snapshot.families, engine: snapshot.engine, total, exact, reasons, evicted },
      },
    ],
    csv: flows ? flowsCsv(flows, processes) : processesCsv(processes),
    metrics: [
      infoMetric(snapshot),
      ...programMetrics(programs),
      ...(perProcess ? processMetrics(processes) : []),
      ...(flows ? flowMetrics(flows, processes) : []),
    ],
    table: (style) => snapshotText(snapshot, view, style),
  };
}

function snapshotText(snapshot: Snapshot, { sort = 'start', final = false }: SnapshotView, style: Style): string {
  const { processes, programs, total, exact, evicted, families } = snapshot;
  const parts: string[] = [];
  if (processes.length > 0) parts.push(processTable(processes, sort, style));
  else if (!final && programs.every(({ started }) => started === 0n)) parts.push(whatNext(snapshot));
  if (programs.length > 0) parts.push(programTable(snapshot, style));
  if (snapshot.flows) parts.push(flowsText(snapshot.flows, processes, style));
  const summary = [`${style.colors.bold('Total')}  ${receivedAndSent(total.total, exact, style)}`];
  if (hasSeveral(processes))
    summary.push('A process with several owners has a line for each of them. The total counts it once.');
  if (evicted > 0n) {
    summary.push(
      `${countOf(evicted, 'ended process is', 'ended processes are')} no longer listed. The total includes the traffic of these processes.`,
    );
  }
  const reasons = whyInexact(snapshot);
  if (reasons.length > 0) summary.push('Lower bounds (>=), because:', ...reasons.map((reason) => `  ${reason}`));
  summary.push(style.colors.dim(whatIsCounted(families)));
  parts.push(summary.join('\n'));
  return parts.join('\n\n');
}

function processTable(processes: readonly Process[], sort: Sort, style: Style): string {
  const several = hasSeveral(processes);
  const rows = asTree(processes, COMPARE[sort]).map(({ process, prefix }) => [
    String(process.pid),
    prefix + visible(process.comm ?? process.program ?? '?'),
    process.program === null ? '-' : visible(process.program),
    ...(several ? [ownersTitle(process.owners)] : []),
    stateOf(process),
    ...amountsOf(process.traffic.total, process.exact, style),
    brief(process.startedAt),
  ]);
  const columns = [
    { title: 'PID', align: 'right' as const },
    { title: 'PROCESS' },
    { title: 'WATCHED AS' },
    ...(several ? [{ title: 'FOR' }] : []),
    { title: 'STATE' },
    ...amountColumns(style),
    { title: 'COUNTED SINCE' },
  ];
  return formatTable(columns, rows, style);
}

function programTable({ programs, processes }: Snapshot, style: Style): string {
  const isExact = ({ id, missed, evictedInexact }: Program): boolean =>
    missed === 0n && evictedInexact === 0n && processes.every(({ watches, exact }) => exact || !watches.includes(id));
  const foreign = programs.some(({ owner }) => owner !== 0);
  const columns = [
    { title: 'PROGRAM' },
    ...(foreign ? [{ title: 'FOR' }] : []),
    { title: 'STARTED', align: 'right' as const },
    { title: 'RUNNING', align: 'right' as const },
    ...amountColumns(style),
  ];
  const rows = programs.map((program) => [
    programTitle(program),
    ...(foreign ? [ownerTitle(program.owner)] : []),
    program.started.toString(),
    program.running.toString(),
    ...amountsOf(program.traffic.total, isExact(program), style),
  ]);
  return formatTable(columns, rows, style);
}
