// SPDX-License-Identifier: MIT
import { hasSeveral, standing } from '../../model/records';
import type { Process, Snapshot } from '../../model/types';
import { clipStart, widthOf, wrapAndClip } from '../format/fit';
import { visible, type Style } from '../format/style';
import { layOut, type Column } from '../format/table';
import { countOf, ownersTitle, stateOf, whatNext } from '../format/words';
import { amountColumns, titled, type Amounts } from './amounts';
import { isRoomy, listHeight, sayIn, stack, type Size, type View } from './frame';
import { head, orderText, waysToSay, type Subject } from './head';
import { cursorIn, rows, shown, type State } from './model';
import { rateIsExact } from './rates';
import type { Row } from './rows';

const MARK = '>';

function nameOf({ comm, program }: Process): string {
  return visible(comm ?? program ?? '?');
}

/** Branches and name. The branches of a deep tree are cut off at their start. */
function nameCell({ process, prefix }: Row, width: number): string {
  const ending = process.state === 'running' ? '' : ` (${stateOf(process)})`;
  const name = nameOf(process) + ending;
  const room = Math.max(Math.floor(width / 2), width - widthOf(name));
  return clipStart(prefix, room) + name;
}

function amountsOf({ process, rate }: Row): Amounts {
  const { receivedBytes, sentBytes } = process.traffic.total;
  return { receivedBytes, sentBytes, rate, exact: process.exact, rateIsExact: rateIsExact(process) };
}

function columnsOf(state: State, list: readonly Row[], marked: bigint | undefined, { units }: Style): Column<Row>[][] {
  const { history, reading } = shown(state);
  const amounts = amountColumns(amountsOf, state, units);
  const past = (width: number): Column<Row> =>
    amounts.history(width, ({ process }) => history.processes.get(process.id) ?? []);
  const digits = String(list.reduce((most, { process: { pid } }) => Math.max(most, pid), 0)).length;
  const pid: Column<Row> = {
    ...{ title: titled('PID', 'pid', state), least: 5, align: 'right' },
    cell: ({ process }, width) =>
      `${process.id === marked ? MARK : ' '}${String(process.pid).padStart(Math.max(digits, width - MARK.length))}`,
  };
  const process = (least: number): Column<Row> => ({
    ...{ title: titled('PROCESS', 'name', state), least, flexible: true, cell: nameCell },
  });
  const watched: Column<Row> = {
    ...{ title: 'WATCHED AS', least: 10 },
    cell: ({ process: { program } }) => (program === null ? '-' : visible(program)),
  };
  const owners: Column<Row> = { title: 'FOR', least: 3, cell: ({ process }) => ownersTitle(process.owners) };
  const who = hasSeveral(reading.snapshot.processes) ? [watched, owners] : [watched];
  return [
    [pid, process(24), ...who, ...amounts.rates, past(24), ...amounts.exact],
    [pid, process(18), ...amounts.rates, past(16), ...amounts.exact],
    [pid, process(14), ...amounts.rates, past(8), ...amounts.exact],
    [pid, process(14), ...amounts.rates, past(8), ...amounts.rounded],
    [pid, process(14), ...amounts.rates, ...amounts.rounded],
    [pid, process(8), amounts.rate, amounts.total],
    [process(4), amounts.rate],
  ];
}

function detail({ process }: Row, { processes }: Snapshot, width: number, style: Style): string {
  const owners = hasSeveral(processes) ? ` for ${ownersTitle(process.owners)}` : '';
  const who = `${process.pid} ${visible(process.exe ?? nameOf(process))}${owners}`;
  const ways = waysToSay(process.traffic.total, process.exact, style);
  const why = process.exact ? '' : ` (${process.reasons.map(visible).join(', ')})`;
  return sayIn(width, [...ways.map((way) => `${who}: ${way}${why}`), ...ways.map((way) => `${process.pid}: ${way}`)]);
}

const KEYS = [
  ' ↑↓ select  Enter flows  s sort  / filter  e ended  Space pause  ? help  q quit',
  ' Enter flows  s sort  / filter  ? help  q quit',
  ' s sort  / filter  ? help  q quit',
  ' ? help  q quit',
];

function foot(state: State, width: number): string {
  return state.typing ? clipStart(`Filter: ${visible(state.filter)}_`, width) : sayIn(width, KEYS);
}

function nothing(state: State, width: number): string[] {
  const { snapshot } = shown(state).reading;
  const hidden =
    state.filter === ''
      ? 'No process is running. To list the ended ones: e'
      : 'No process matches the filter. To clear it: Esc';
  return wrapAndClip(snapshot.processes.length === 0 ? whatNext(snapshot) : hidden, width);
}

/** `3 running, 12 ended (e: list); 2 processes listed by filter 'nginx'; by rate` */
function listText(state: State, listed: number): string {
  const { processes, evicted } = shown(state).reading.snapshot;
  const each = standing(processes);
  const running = each.filter(({ process }) => process.state === 'running').length;
  const ended = each.length - running;
  const how = ended > 0 && !state.ended ? ' (e: list)' : '';
  const filter =
    state.filter === ''
      ? []
      : [`${countOf(listed, 'process', 'processes')} listed by filter '${visible(state.filter)}'`];
  return [`${running} running, ${BigInt(ended) + evicted} ended${how}`, ...filter, orderText(state)].join('; ');
}

function subjectOf(state: State, list: readonly Row[], { who }: View): Subject {
  const { reading, history } = shown(state);
  const { total, exact } = reading.snapshot;
  return {
    title: ['lkm-traffic watch', ...who.map(visible)].join(' '),
    ...{ rate: reading.rates?.total ?? null, past: history.total, counters: total.total, exact },
    list: listText(state, list.length),
  };
}

/** The tree of processes. */
export function processPage(state: State, size: Size, view: View): string[] {
  const { style } = view;
  const { inverse, bold, dim } = style.colors;
  const width = size.columns;
  const list = rows(state);
  const cursor = cursorIn(list, state);
  const height = listHeight(size);
  // The selected line is in the middle, unless the list starts or ends before.
  const top = Math.max(0, Math.min(cursor - Math.floor(height / 2), list.length - height));
  const onScreen = list.slice(top, top + height);
  const marked = list[cursor];
  const { titles, lines } = layOut(columnsOf(state, list, marked?.process.id, style), onScreen, width);
  const painted = lines.map((line, n) => {
    const row = onScreen[n];
    if (row === marked) return inverse(line);
    return row?.process.state === 'running' ? line : dim(line);
  });
  const body = list.length > 0 ? painted : nothing(state, width);
  const last = dim(foot(state, width));
  return stack(
    [...head(state, subjectOf(state, list, view), size, view), bold(titles)],
    body,
    isRoomy(size) ? [marked ? detail(marked, shown(state).reading.snapshot, width, style) : '', last] : [last],
    size,
  );
}
