// SPDX-License-Identifier: MIT
import type { TrafficEvent, TransferEvent } from '../../model/event';
import { COUNTERS } from '../../model/traffic';
import { exactAmount } from '../../util/units';
import type { CsvValue, Report } from './report';
import { visible, type Style } from './style';
import { countOf } from './words';

const COLUMNS = [
  ...['time', 'event', 'cpu', 'pid', 'tid', 'comm', 'program', 'bytes', 'transport', 'family'],
  ...['localAddress', 'localPort', 'remoteAddress', 'remotePort', 'name', 'id', 'exitCode', 'signal'],
  ...COUNTERS,
  'count',
];

function endOf(address: string | null, port: number | null): string {
  const host = address === null ? '*' : address.includes(':') ? `[${address}]` : address;
  return `${host}:${port ?? '*'}`;
}

function transferText(event: TransferEvent, { units }: Style): string {
  const local = endOf(event.localAddress, event.localPort);
  const remote = endOf(event.remoteAddress, event.remotePort);
  const ends = event.family.startsWith('inet') ? ` ${local} ${event.event === 'send' ? '->' : '<-'} ${remote}` : '';
  return `${exactAmount(event.bytes, units)} ${event.transport}${ends}`;
}

function textOf(event: Exclude<TrafficEvent, { event: 'lost' }>, style: Style): string {
  switch (event.event) {
    case 'send':
    case 'recv':
      return transferText(event, style);
    case 'exec':
      return visible(event.name);
    case 'exit': {
      const { units } = style;
      const totals = `received ${exactAmount(event.receivedBytes, units)}, sent ${exactAmount(event.sentBytes, units)}`;
      return `${event.signal ?? event.exitCode ?? '?'}; ${totals}`;
    }
  }
}

function lineOf(event: TrafficEvent, style: Style): string {
  const { colors } = style;
  if (event.event === 'lost') {
    const lost = event.count === null ? 'events' : countOf(event.count, 'event');
    return colors.yellow(`LOST ${lost} of CPU ${event.cpu}`);
  }
  const who = `${visible(event.program ?? event.comm ?? '?')}[${event.pid}]`;
  return `${event.time.slice(11, 26)}Z ${colors.bold(who)} ${event.event} ${textOf(event, style)}`;
}

export function eventReport(event: TrafficEvent): Report {
  const values = new Map<string, CsvValue>(Object.entries(event));
  return {
    type: 'event',
    data: event,
    csv: { columns: COLUMNS, rows: [COLUMNS.map((column) => values.get(column) ?? null)] },
    metrics: [],
    table: (style) => lineOf(event, style),
  };
}
