// SPDX-License-Identifier: MIT
import { SCOPES } from '../model/flows';
import { TRANSPORTS } from '../model/traffic';
import type { Flow, FlowTotal, ProcessFlows } from '../model/types';
import { timestamp } from '../util/time';
import { parseTable, type Row } from './proc-table';
import { parseCountersOf } from './traffic-columns';

function parseFlow(row: Row): Flow {
  const scope = row.oneOf('scope', [...SCOPES, '-']);
  return {
    transport: row.oneOf('transport', TRANSPORTS),
    family: row.text('family'),
    netns: row.integer('netns'),
    localAddress: row.optionalText('local_addr'),
    localPort: row.optionalInteger('local_port'),
    remoteAddress: row.optionalText('remote_addr'),
    remotePort: row.optionalInteger('remote_port'),
    scope: scope === '-' ? null : scope,
    counters: parseCountersOf(row, ''),
    firstUsedAt: timestamp(row.count('first_ns')),
    lastUsedAt: timestamp(row.count('last_ns')),
  };
}

const isOf =
  (kind: string) =>
  (row: Row): boolean =>
    row.oneOf('kind', ['total', 'flow', 'other']) === kind;

function parseTotals(rows: readonly Row[]): FlowTotal[] {
  const rest = new Map(rows.filter(isOf('other')).map((row) => [row.text('transport'), parseCountersOf(row, '')]));
  return rows.filter(isOf('total')).map((row) => {
    const transport = row.oneOf('transport', TRANSPORTS);
    return { transport, counters: parseCountersOf(row, ''), unlisted: rest.get(transport) ?? null };
  });
}

/** Parses `/proc/net_traffic/flows`: the rows of a process follow each other, and the processes are sorted by `id`. */
export function parseFlows(text: string, file = '/proc/net_traffic/flows'): ProcessFlows[] {
  const processes = new Map<bigint, Row[]>();
  for (const row of parseTable(text, file)) {
    const id = row.count('id');
    const rows = processes.get(id);
    if (rows) rows.push(row);
    else processes.set(id, [row]);
  }
  return [...processes].map(([id, rows]) => ({
    id,
    pid: rows[0]?.integer('pid') ?? 0,
    totals: parseTotals(rows),
    flows: rows.filter(isOf('flow')).map(parseFlow),
  }));
}
