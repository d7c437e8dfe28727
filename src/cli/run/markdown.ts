// SPDX-License-Identifier: MIT
import type { RunResult } from '../../model/api-results';
import { inWords } from '../format/reason-words';
import { createStyle, visible } from '../format/style';
import { receivedAndSent, whatIsCounted } from '../format/words';
import type { Verdict } from './budget';
import { endingOf, secondsOf, verdictText } from './run-report';

/** Text that a command chose, as code: it makes no markup, and ends no line. */
function code(text: string): string {
  const shown = visible(text);
  const fence = '`'.repeat(1 + Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length)));
  return `${fence} ${shown} ${fence}`;
}

/** A run, as a part of a page in Markdown. */
export function runMarkdown(result: RunResult, verdicts: readonly Verdict[]): string {
  const plain = createStyle(false);
  const { command, traffic, exact, reasons, families, running } = result;
  const lines = [
    `### Network traffic of ${code(command.join(' '))}`,
    '',
    `**${receivedAndSent(traffic.total, exact, plain)}**; ${endingOf(result)} after ${secondsOf(result).toFixed(2)} s.`,
    '',
    ...verdicts.map((verdict) => `- ${verdict.outcome === 'kept' ? '✅' : '❌'} ${verdictText(verdict, plain)}`),
    ...reasons.map((reason) => `- A lower bound: ${inWords(reason)}`),
    ...(running.length > 0 ? [`- ${running.length} of its processes outlived it.`] : []),
    '',
    whatIsCounted(families),
  ];
  return `${lines.join('\n')}\n\n`;
}
