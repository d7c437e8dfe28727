// SPDX-License-Identifier: MIT
import { hasSeveral } from '../../model/records';
import { exactAmount } from '../../util/units';
import { amountColumns, amountsOf } from '../format/amount-columns';
import { processesCsv } from '../format/csv';
import type { Report } from '../format/report';
import { snapshotReport } from '../format/snapshot-report';
import { visible, type Style } from '../format/style';
import { formatTable } from '../format/table';
import { asTree, COMPARE } from '../format/tree';
import { brief, ownersTitle, receivedAndSent, stateOf, whatIsCounted, whatNext } from '../format/words';
import { NO_RATE, rateIsExact, type Rate } from './rates';
import type { RatedReading } from './reading';

/** One reading of many. `perProcess`: the Prometheus format has series for each process too. */
export function watchReport(reading: RatedReading, perProcess: boolean): Report {
  const { snapshot, rates } = reading;
  const { processes, programs, total, exact, reasons, evicted, takenAt, families, engine } = snapshot;
  const rated = processes.map((process) => ({ ...process, rate: rates.processes.get(process.id) ?? NO_RATE }));
  const csv = processesCsv(processes);
  return {
    type: 'watch',
    data: {
      ...{ takenAt, elapsedNanoseconds: rates.elapsed, families, engine, rate: rates.total, total },
      ...{ exact, reasons, evicted },
      ...{ processes: rated, programs },
    },
    csv: {
      columns: ['takenAt', ...csv.columns, 'receivedBytesPerSecond', 'sentBytesPerSecond'],
      rows: rated.map(({ rate }, n) => [
        ...[takenAt, ...(csv.rows[n] ?? [])],
        ...[rate.receivedBytesPerSecond, rate.sentBytesPerSecond],
      ]),
    },
    metrics: snapshotReport(snapshot, { perProcess }).metrics,
    table: (style) => watchText(reading, style),
  };
}

function watchText({ snapshot, rates }: RatedReading, style: Style): string {
  const { processes, programs, total, exact, takenAt, families } = snapshot;
  const { bold, dim } = style.colors;
  const perSecond = (bytes: bigint): string => `${exactAmount(bytes, style.units)}/s`;
  const { receivedBytesPerSecond, sentBytesPerSecond } = rates.total;
  const nothing = programs.every(({ started }) => started === 0n) ? whatNext({ programs }) : 'No process is listed.';
  return [
    bold(`${brief(takenAt)}  received ${perSecond(receivedBytesPerSecond)}, sent ${perSecond(sentBytesPerSecond)}`),
    processes.length > 0 ? processTable({ snapshot, rates }, style) : nothing,
    `${bold('Total')}  ${receivedAndSent(total.total, exact, style)}`,
    dim(whatIsCounted(families)),
  ].join('\n');
}

function processTable({ snapshot, rates }: RatedReading, style: Style): string {
  const { bits = false } = style.units;
  const several = hasSeveral(snapshot.processes);
  const columns = [
    { title: 'PID', align: 'right' as const },
    { title: 'PROCESS' },
    ...(several ? [{ title: 'FOR' }] : []),
    { title: 'STATE' },
    ...['RECEIVED', 'SENT'].map((way) => ({ title: `${way} ${bits ? 'BITS' : 'BYTES'}/s`, align: 'right' as const })),
    ...amountColumns(style),
  ];
  const rows = asTree(snapshot.processes, COMPARE.start).map(({ process, prefix }) => {
    const rate: Rate = rates.processes.get(process.id) ?? NO_RATE;
    const bound = rateIsExact(process) ? '' : '>=';
    return [
      String(process.pid),
      prefix + visible(process.comm ?? process.program ?? '?'),
      ...(several ? [ownersTitle(process.owners)] : []),
      stateOf(process),
      ...[rate.receivedBytesPerSecond, rate.sentBytesPerSecond].map((bytes) => `${bound}${bits ? bytes * 8n : bytes}`),
      ...amountsOf(process.traffic.total, process.exact, style),
    ];
  });
  return formatTable(columns, rows, style);
}
