// SPDX-License-Identifier: MIT
import { byAmount, sumByRemote, sumByScope } from '../../model/flows';
import { byProcess, standing } from '../../model/records';
import { COUNTERS } from '../../model/traffic';
import type { Counters, Flow, FlowTotal, Process, ProcessFlows } from '../../model/types';
import { amountColumns, amountsOf } from './amount-columns';
import { directions } from './metrics';
import type { Metric } from './prometheus';
import type { CsvValue, Report } from './report';
import { visible, type Style } from './style';
import { formatTable } from './table';
import { countOf } from './words';

/** The table has at most this many rows. Its last row counts the rest, which the other formats list. */
const ROWS_MAX = 20;

/** The flows and their totals, for the JSON. */
export function flowsData(flows: readonly ProcessFlows[]): object {
  return { flows, byRemote: sumByRemote(flows), byScope: sumByScope(flows) };
}

export function flowLines(processes: readonly ProcessFlows[]): NonNullable<Report['lines']> {
  return [
    ...processes.flatMap(({ id, pid, totals, flows }) => [
      ...flows.map((flow) => ({ type: 'flow', data: { id, pid, ...flow } })),
      ...totals.map((total) => ({ type: 'flowTotal', data: { id, pid, ...total } })),
    ]),
    ...sumByRemote(processes).map((remote) => ({ type: 'remote', data: remote })),
    ...sumByScope(processes).map((scope) => ({ type: 'scope', data: scope })),
  ];
}

const FLOW_COLUMNS = [
  'transport',
  'family',
  'netns',
  'localAddress',
  'localPort',
  'remoteAddress',
  'remotePort',
  'scope',
  'firstUsedAt',
  'lastUsedAt',
] as const;

/** The watched program of each record. A record without a name has that of another record of its process. */
function programsOf(listed: readonly Process[]): Map<bigint, string | null> {
  const named = byProcess(listed).flatMap((records) => {
    const name = records.find(({ program }) => program !== null)?.program ?? null;
    return records.map(({ id, program }) => [id, program ?? name] as const);
  });
  return new Map(named);
}

/** One row per flow. `kind` is `flow`, or `other` for traffic that is in no flow. */
export function flowsCsv(processes: readonly ProcessFlows[], listed: readonly Process[]): Report['csv'] {
  const programs = programsOf(listed);
  const values = (counters: Counters): CsvValue[] => COUNTERS.map((counter) => counters[counter]);
  return {
    columns: ['id', 'pid', 'program', 'kind', ...FLOW_COLUMNS, ...COUNTERS],
    rows: processes.flatMap(({ id, pid, totals, flows }) => {
      const of = [id, pid, programs.get(id) ?? null];
      return [
        ...flows.map((flow) => [...of, 'flow', ...FLOW_COLUMNS.map((name) => flow[name]), ...values(flow.counters)]),
        ...totals.flatMap(({ transport, unlisted }) =>
          unlisted === null
            ? []
            : [[...of, 'other', transport, ...FLOW_COLUMNS.slice(1).map(() => null), ...values(unlisted)]],
        ),
      ];
    }),
  };
}

/** Metrics by scope. Series for each flow would grow in number without end. */
export function flowMetrics(processes: readonly ProcessFlows[], listed: readonly Process[]): Metric[] {
  const programs = programsOf(listed);
  const names = [...new Set(processes.map(({ id }) => programs.get(id) ?? ''))].sort();
  return [
    {
      name: 'lkm_traffic_scope_bytes',
      type: 'gauge',
      help: 'Payload bytes sent and received by the listed processes of a program, by the scope of the peer.',
      samples: names.flatMap((program) =>
        sumByScope(processes.filter(({ id }) => (programs.get(id) ?? '') === program)).flatMap(({ scope, counters }) =>
          directions({ program, scope: scope ?? 'unknown' }, counters, 'Bytes'),
        ),
      ),
    },
  ];
}

/** `127.0.0.1:80`, `[::1]:80`, `?:5353`, `?` */
function endOf(address: string | null, port: number | null): string {
  const shown = address === null ? '?' : address.includes(':') && port !== null ? `[${address}]` : address;
  return visible(port === null ? shown : `${shown}:${port}`);
}

interface FlowRow {
  readonly what: readonly string[];
  readonly counters: Counters;
}

/** The transport, the local end, the remote end and the scope; the ends are `other` for traffic that is in no flow. */
export function describeFlow(flow: Flow | FlowTotal): string[] {
  if (!('family' in flow)) return [flow.transport, 'other', 'other', '?'];
  const { transport, localAddress, localPort, remoteAddress, remotePort, scope } = flow;
  return [transport, endOf(localAddress, localPort), endOf(remoteAddress, remotePort), scope ?? '?'];
}

function rowsOf({ totals, flows }: ProcessFlows): FlowRow[] {
  return [
    ...flows.map((flow) => ({ what: describeFlow(flow), counters: flow.counters })).sort(byAmount),
    ...totals.flatMap((total) =>
      total.unlisted === null ? [] : [{ what: describeFlow(total), counters: total.unlisted }],
    ),
  ];
}

/** The first rows, and a row with the number of the others. */
function shortened(rows: readonly (readonly string[])[], width: number): (readonly string[])[] {
  if (rows.length <= ROWS_MAX) return [...rows];
  const left = rows.length - (ROWS_MAX - 1);
  return [...rows.slice(0, ROWS_MAX - 1), [`and ${left} more`, ...Array<string>(width - 1).fill('')]];
}

/** One table per process, then totals by remote host and by scope. */
export function flowsText(processes: readonly ProcessFlows[], listed: readonly Process[], style: Style): string {
  if (processes.length === 0) return 'No flows: nothing was sent or received.';
  const known = new Map(standing(listed).map(({ process, exact }) => [process.id, { comm: process.comm, exact }]));
  const columns = ['TRANSPORT', 'LOCAL', 'REMOTE', 'SCOPE'].map((title) => ({ title }));
  const tables = processes.map((process) => {
    const { comm = null, exact = true } = known.get(process.id) ?? {};
    const rows = rowsOf(process).map(({ what, counters }) => [...what, ...amountsOf(counters, exact, style)]);
    const title = style.colors.bold(`Flows of ${process.pid} ${visible(comm ?? '?')}`);
    return `${title}\n${formatTable([...columns, ...amountColumns(style)], shortened(rows, 8), style)}`;
  });
  const exact = processes.every(({ id }) => known.get(id)?.exact !== false);
  const remotes = sumByRemote(processes);
  const remoteRows = remotes.map(({ address, scope, flows, counters }) => [
    visible(address ?? 'unknown'),
    scope ?? '?',
    String(flows),
    ...amountsOf(counters, exact, style),
  ]);
  const remoteColumns = [{ title: 'REMOTE' }, { title: 'SCOPE' }, { title: 'FLOWS', align: 'right' as const }];
  const scopeRows = sumByScope(processes).map(({ scope, counters }) => [
    scope ?? 'unknown',
    ...amountsOf(counters, exact, style),
  ]);
  return [
    ...tables,
    `${style.colors.bold(`By remote: ${countOf(remotes.length, 'address', 'addresses')}`)}\n${formatTable([...remoteColumns, ...amountColumns(style)], shortened(remoteRows, 7), style)}`,
    `${style.colors.bold('By scope')}\n${formatTable([{ title: 'SCOPE' }, ...amountColumns(style)], scopeRows, style)}`,
  ].join('\n\n');
}
