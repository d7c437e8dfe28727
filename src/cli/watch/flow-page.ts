// SPDX-License-Identifier: MIT
import type { Process } from '../../model/types';
import { visible, type Style } from '../format/style';
import { layOut, type Column } from '../format/table';
import { countOf, stateOf } from '../format/words';
import { amountColumns, titled, type Amounts } from './amounts';
import { flowRows, type FlowRow } from './flow-rows';
import { listHeight, sayIn, stack, type Size, type View } from './frame';
import { head, orderText, type Subject } from './head';
import { shown, type State } from './model';
import { rateIsExact } from './rates';

function columnsOf(state: State, process: Process, { units }: Style): Column<FlowRow>[][] {
  const amountsOf = ({ counters: { receivedBytes, sentBytes }, rate }: FlowRow): Amounts => ({
    ...{ receivedBytes, sentBytes, rate, exact: process.exact, rateIsExact: rateIsExact(process) },
  });
  const amounts = amountColumns(amountsOf, state, units);
  const word = (title: string, least: number, cell: (row: FlowRow) => string): Column<FlowRow> => ({
    ...{ title, least, cell },
  });
  const transport = word('VIA', 3, (row) => row.transport);
  const local = word('LOCAL', 15, (row) => row.local);
  const scope = word('SCOPE', 8, (row) => row.scope);
  const remote = (least: number): Column<FlowRow> => ({
    ...word(titled('REMOTE', 'name', state), least, (row) => row.remote),
    flexible: true,
  });
  return [
    [transport, local, remote(21), scope, ...amounts.rates, ...amounts.exact],
    [transport, remote(21), scope, ...amounts.rates, ...amounts.exact],
    [transport, remote(21), ...amounts.rates, ...amounts.exact],
    [transport, remote(21), ...amounts.rates, ...amounts.rounded],
    [remote(15), amounts.rate, amounts.total],
    [remote(4), amounts.rate],
  ];
}

const KEYS = [' ↑↓ scroll  Esc back  s sort  Space pause  ? help  q quit', ' Esc back  q quit'];

function subjectOf(state: State, process: Process, flows: number): Subject {
  const { reading, history } = shown(state);
  return {
    title: `Flows of ${process.pid} ${visible(process.comm ?? '?')}`,
    ...{ rate: reading.rates?.processes.get(process.id) ?? null, past: history.processes.get(process.id) ?? [] },
    ...{ counters: process.traffic.total, exact: process.exact },
    list: [countOf(flows, 'flow'), stateOf(process), orderText(state), process.exe ?? ''].map(visible).join('; '),
  };
}

function whyEmpty(list: readonly FlowRow[] | null, { frozen }: State): string {
  if (list !== null)
    return 'No flows: the process has sent and received nothing, or the module was loaded with max_flows=0.';
  return frozen ? 'Paused before the flows were read. Press Space to continue.' : 'Reading …';
}

/** The flows of the selected process. */
export function flowPage(state: State, process: Process, size: Size, view: View): string[] {
  const { bold, dim } = view.style.colors;
  const width = size.columns;
  const list = flowRows(state, process);
  const onScreen = (list ?? []).slice(state.flowOffset, state.flowOffset + listHeight(size));
  const { titles, lines } = layOut(columnsOf(state, process, view.style), onScreen, width);
  return stack(
    [...head(state, subjectOf(state, process, list?.length ?? 0), size, view), bold(titles)],
    onScreen.length > 0 ? lines : [sayIn(width, [whyEmpty(list, state)])],
    [dim(sayIn(width, KEYS))],
    size,
  );
}
