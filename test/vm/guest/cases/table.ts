// SPDX-License-Identifier: MIT
/** The table of cases, as it is printed when they have run. */
import type { Row } from '../lib/proc';
import { transports } from './flows';

export interface Line {
  readonly case: string;
  readonly expected: string;
  readonly counted: string;
  readonly witness: string;
  readonly verdict: string;
}

/** What processes moved, one after the other: `tcp 100/70`, received and sent. With messages: `tcp 100/70 in 1/2`. */
export function moved(rows: readonly Row[], withMessages: boolean): string {
  const one = (row: Row): string => {
    const parts = transports.flatMap((transport) => {
      const [rxBytes, txBytes, rxMessages, txMessages] = ['rx_bytes', 'tx_bytes', 'rx_msgs', 'tx_msgs'].map(
        (measure) => row[`${transport}_${measure}`] ?? '?',
      );
      if ([rxBytes, txBytes, rxMessages, txMessages].every((value) => value === '0' || value === '-')) return [];
      return [`${transport} ${rxBytes}/${txBytes}${withMessages ? ` in ${rxMessages}/${txMessages}` : ''}`];
    });
    return parts.length > 0 ? parts.join(', ') : 'nothing';
  };
  return rows.map(one).join(' + ');
}

const columns = ['case', 'expected', 'counted', 'witness', 'verdict'] as const;
const headings: Line = {
  case: 'case',
  expected: 'expected rx/tx',
  counted: 'counted rx/tx',
  witness: 'witness',
  verdict: 'verdict',
};

export function print(title: string, lines: readonly Line[]): void {
  const widths = columns.map((column) => Math.max(...[headings, ...lines].map((line) => line[column].length)));
  const ruler: string[] = widths.map((width) => '-'.repeat(width));
  const aligned = [headings, ...lines].map((line) => columns.map((column, n) => line[column].padEnd(widths[n] ?? 0)));
  const equal = lines.filter((line) => line.verdict.startsWith('equal')).length;
  const elsewhere = lines.filter((line) => line.verdict.startsWith('not on this kernel')).length;
  const text = [aligned[0] ?? [], ruler, ...aligned.slice(1)].map((cells) => `  ${cells.join('  ').trimEnd()}`);
  console.log(
    [
      '',
      title,
      ...text,
      `${lines.length} cases: ${equal} equal, ${lines.length - equal - elsewhere} different, ` +
        `${elsewhere} not on this kernel`,
      '',
    ].join('\n'),
  );
}
