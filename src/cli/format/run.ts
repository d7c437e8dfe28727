// SPDX-License-Identifier: MIT
import type { RunResult } from '../../run/run';
import { processesCsv } from './csv';
import { infoMetric, runMetrics } from './metrics';
import { inWords } from './reasons';
import type { Report } from './report';
import { visible, type Style } from './style';
import { countOf, receivedAndSent, whatIsCounted } from './words';

/** What a command moved: the totals first, since that is the question. */
export function runReport(result: RunResult): Report {
  return {
    type: 'run',
    data: result,
    csv: processesCsv(result.processes),
    metrics: [infoMetric(result), ...runMetrics(result)],
    table: (style) => runText(result, style),
  };
}

/** `exited 0`, `SIGKILL` */
function endingOf({ exitCode, signal }: RunResult): string {
  return signal ?? `exited ${exitCode ?? '?'}`;
}

/** Of two timestamps: to a hundredth of a second. */
function secondsOf({ startedAt, endedAt }: RunResult): string {
  return ((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(2);
}

function runText(result: RunResult, style: Style): string {
  const { command, traffic, exact, reasons, running, families } = result;
  const count = BigInt(result.processes.length) + result.evicted;
  const lines = [
    '',
    `${style.colors.bold(command.map(visible).join(' '))}: ${endingOf(result)} after ${secondsOf(result)} s, ${countOf(count, 'process', 'processes')}`,
    `Total  ${receivedAndSent(traffic.total, exact, style)}`,
  ];
  if (running.length > 0) {
    const who = running.map(({ pid, comm }) => `${pid} ${visible(comm ?? '?')}`).join(', ');
    lines.push(`Still running, counted until ${visible(command[0] ?? '')} ended: ${who}`);
  }
  if (reasons.length > 0) lines.push('A lower bound, because:', ...reasons.map((reason) => `  ${inWords(reason)}`));
  lines.push(style.colors.dim(whatIsCounted(families)));
  return lines.join('\n');
}
