// SPDX-License-Identifier: MIT
import type { RunResult } from '../../model/api-results';
import type { Scope, Snapshot } from '../../model/types';
import { fullAmount } from '../../util/units';
import { infoMetric, runMetrics } from '../format/metrics';
import { inWords } from '../format/words';
import type { Report } from '../format/report';
import { visible, type Style } from '../format/style';
import { countOf, receivedAndSent, whatIsCounted } from '../format/words';
import { breakDown, type Breakdown } from './breakdown';
import type { Verdict } from './budget';

export interface RunView {
  readonly by?: Breakdown | undefined;
  readonly verdicts?: readonly Verdict[] | undefined;
  /** The number of this run, if there are several. */
  readonly number?: number | undefined;
}

/** The traffic of a command. */
export function runReport(result: RunResult, view: RunView = {}): Report {
  const { by, verdicts = [], number } = view;
  const parts = by === undefined ? null : breakDown(result, by);
  return {
    type: 'run',
    data: {
      ...(number === undefined ? {} : { number }),
      ...result,
      ...(by === 'program' ? { byProgram: parts?.data } : {}),
      ...(verdicts.length === 0 ? {} : { budgets: verdicts }),
    },
    csv: (parts ?? breakDown(result, 'process')).csv,
    metrics: [infoMetric(result), ...runMetrics(result)],
    table: (style) => runText(result, view, parts?.table(style), style),
  };
}

/** The traffic so far, while the command runs. `startedAt` is in milliseconds of this process's clock. */
export function sampleReport({ takenAt, total, exact, reasons }: Snapshot, startedAt: number): Report {
  const seconds = Math.max(0, (Date.parse(takenAt) - startedAt) / 1000);
  return {
    type: 'runSample',
    data: { takenAt, seconds, total, exact, reasons },
    csv: { columns: [], rows: [] },
    metrics: [],
    table: (style) => `${seconds.toFixed(2).padStart(8)} s  ${receivedAndSent(total.total, exact, style)}`,
  };
}

/** `exited 0`, `SIGKILL` */
export function endingOf({ exitCode, signal }: RunResult): string {
  return signal ?? `exited ${exitCode ?? '?'}`;
}

export function secondsOf({ startedAt, endedAt }: RunResult): number {
  return (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
}

const scopesText = (scopes: readonly Scope[] | null): string => (scopes === null ? '' : ` (${scopes.join(', ')})`);

/** `Over budget: received 120 bytes (public); at most 100 bytes were allowed` */
export function verdictText({ direction, limit, scopes, moved, unknown, outcome }: Verdict, style: Style): string {
  const amount = (bytes: bigint): string => fullAmount(bytes, style.units);
  const allowed = `at most ${amount(limit)} ${outcome === 'kept' ? 'are' : 'were'} allowed`;
  const what = `${direction} ${amount(moved)}${scopesText(scopes)}`;
  switch (outcome) {
    case 'kept':
      return `Within budget: ${what}; ${allowed}`;
    case 'broken':
      return style.colors.red(`Over budget: ${what}; ${allowed}`);
    case 'unproven': {
      const rest = unknown > 0n ? `the peers of ${amount(unknown)} are unknown` : 'this is a lower bound';
      return style.colors.yellow(`Budget not verified: ${what}; ${allowed}, but ${rest}`);
    }
  }
}

function runText(result: RunResult, view: RunView, parts: string | undefined, style: Style): string {
  const { command, traffic, exact, reasons, running, families } = result;
  const count = BigInt(result.processes.length) + result.evicted;
  const number = view.number === undefined ? '' : `${view.number}. `;
  const lines = [
    '',
    `${number}${style.colors.bold(command.map(visible).join(' '))}: ${endingOf(result)} after ${secondsOf(result).toFixed(2)} s, ${countOf(count, 'process', 'processes')}`,
    ...(parts === undefined ? [] : ['', parts, '']),
    `Total  ${receivedAndSent(traffic.total, exact, style)}`,
  ];
  if (running.length > 0) {
    const who = running.map(({ pid, comm }) => `${pid} ${visible(comm ?? '?')}`).join(', ');
    lines.push(`Still running, counted until ${visible(command[0] ?? '')} ended: ${who}`);
  }
  if (reasons.length > 0) lines.push('A lower bound, because:', ...reasons.map((reason) => `  ${inWords(reason)}`));
  lines.push(...(view.verdicts ?? []).map((verdict) => verdictText(verdict, style)));
  lines.push(style.colors.dim(whatIsCounted(families)));
  return lines.join('\n');
}
