// SPDX-License-Identifier: MIT
import type { RunResult } from '../../model/api-results';
import { COUNTERS, excessCounters, NOTHING, sumCounters } from '../../model/traffic';
import type { Counters, Process } from '../../model/types';
import { amountColumns, amountsOf } from '../format/amount-columns';
import { processesCsv } from '../format/csv';
import type { CsvValue, Report } from '../format/report';
import { visible, type Style } from '../format/style';
import { formatTable, type TextColumn } from '../format/table';
import { asTree, COMPARE } from '../format/tree';
import { countOf } from '../format/words';

export const BREAKDOWNS = ['process', 'program', 'remote', 'scope'] as const;
export type Breakdown = (typeof BREAKDOWNS)[number];

/** The parts of a run's traffic. They add up to the total. */
export interface Parts {
  readonly data: readonly object[];
  readonly csv: Report['csv'];
  readonly table: (style: Style) => string;
}

const RIGHT = 'right' as const;

interface Row {
  /** For JSON and CSV. */
  readonly values: Readonly<Record<string, CsvValue>>;
  /** For the table. */
  readonly cells: readonly string[];
  readonly counters: Counters;
  readonly exact: boolean;
}

function parts(columns: readonly TextColumn[], keys: readonly string[], rows: readonly Row[]): Parts {
  return {
    data: rows.map(({ values, counters }) => ({ ...values, counters })),
    csv: {
      columns: [...keys, ...COUNTERS],
      rows: rows.map(({ values, counters }) => [
        ...keys.map((key) => values[key] ?? null),
        ...COUNTERS.map((counter) => counters[counter]),
      ]),
    },
    table: (style) =>
      formatTable(
        [...columns, ...amountColumns(style)],
        rows.map(({ cells, counters, exact }) => [...cells, ...amountsOf(counters, exact, style)]),
        style,
      ),
  };
}

export function breakDown(result: RunResult, by: Breakdown): Parts {
  const { byRemote = [], byScope = [], exact } = result;
  switch (by) {
    case 'process':
      return byProcess(result);
    case 'program':
      return byProgram(result);
    case 'remote':
      return parts(
        [{ title: 'REMOTE' }, { title: 'SCOPE' }, { title: 'FLOWS', align: RIGHT }],
        ['address', 'scope', 'flows'],
        byRemote.map(({ address, scope, flows, counters }) => ({
          values: { address, scope, flows },
          cells: [visible(address ?? 'unknown'), scope ?? '?', String(flows)],
          ...{ counters, exact },
        })),
      );
    case 'scope':
      return parts(
        [{ title: 'SCOPE' }],
        ['scope'],
        byScope.map(({ scope, counters }) => ({
          ...{ values: { scope }, cells: [scope ?? 'unknown'] },
          ...{ counters, exact },
        })),
      );
  }
}

interface Unlisted {
  readonly counters: Counters;
  readonly count: bigint;
}

/** The traffic that no listed process has: of processes that are no longer listed, or after the last look at one. */
function unlisted({ traffic, processes, evicted }: RunResult): Unlisted | null {
  const listed = sumCounters(processes.map((process) => process.traffic.total));
  const counters = excessCounters(traffic.total, listed);
  const isNothing = evicted === 0n && COUNTERS.every((counter) => counters[counter] === 0n);
  return isNothing ? null : { counters, count: evicted };
}

const UNSEEN = 'these, after the last look';

function byProcess(result: RunResult): Parts {
  const { processes, exact } = result;
  const rest = unlisted(result);
  const { table, data } = parts(
    [{ title: 'PID', align: RIGHT }, { title: 'PROCESS' }],
    [],
    [
      ...asTree(processes, COMPARE.start).map(({ process, prefix }) => ({
        values: { id: process.id },
        cells: [String(process.pid), prefix + visible(process.comm ?? '?')],
        counters: process.traffic.total,
        exact: process.exact,
      })),
      ...(rest === null
        ? []
        : [
            {
              values: {},
              cells: [
                '',
                rest.count === 0n ? UNSEEN : `${countOf(rest.count, 'process', 'processes')} no longer listed`,
              ],
              ...{ counters: rest.counters, exact },
            },
          ]),
    ],
  );
  return { data, csv: processesCsv(processes), table };
}

/** The parts by the file that each process executed last. */
function byProgram(result: RunResult): Parts {
  const { processes, exact } = result;
  const programs = new Map<string, Process[]>();
  for (const process of processes) {
    const program = process.exe ?? process.comm ?? '';
    programs.set(program, [...(programs.get(program) ?? []), process]);
  }
  const rows = [...programs].map(([program, members]) => ({
    values: { program, processes: members.length },
    cells: [visible(program), String(members.length)],
    counters: sumCounters(members.map(({ traffic }) => traffic.total)),
    exact: members.every((member) => member.exact),
  }));
  const size = ({ counters = NOTHING }: { counters?: Counters }): bigint => counters.receivedBytes + counters.sentBytes;
  rows.sort((a, b) => (size(a) > size(b) ? -1 : Number(size(a) < size(b))));
  const rest = unlisted(result);
  if (rest !== null) {
    rows.push({
      values: { program: '', processes: Number(rest.count) },
      cells: [rest.count === 0n ? UNSEEN : 'no longer listed', String(rest.count)],
      ...{ counters: rest.counters, exact },
    });
  }
  return parts([{ title: 'PROGRAM' }, { title: 'PROCESSES', align: RIGHT }], ['program', 'processes'], rows);
}
