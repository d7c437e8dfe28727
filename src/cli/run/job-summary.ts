// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import { TrafficError } from '../../model/errors';
import type { RunResult } from '../../model/api-results';
import { UsageError } from '../command-line/mistake';
import { withCommand } from '../command-line/shell-words';
import { createStyle, visible } from '../format/style';
import { countOf, inWords, receivedAndSent, whatIsCounted } from '../format/words';
import type { Verdict } from './budget';
import { endingOf, secondsOf, verdictText } from './run-report';

/** The file from which GitHub Actions takes the summary of a job. */
export function summaryFile(env: NodeJS.ProcessEnv): string {
  const file = env['GITHUB_STEP_SUMMARY'] ?? '';
  if (file === '')
    throw new UsageError(
      withCommand('--github works only in GitHub Actions. To write the report to a file:', [
        'run',
        '-o',
        'FILE',
        '--',
        'CMD',
      ]),
    );
  return file;
}

/** Text as Markdown code. The text comes from the command, and must not act as markup or end the line. */
function code(text: string): string {
  const shown = visible(text);
  const fence = '`'.repeat(1 + Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length)));
  return `${fence} ${shown} ${fence}`;
}

/** The report of a run in Markdown. */
function runMarkdown(result: RunResult, verdicts: readonly Verdict[]): string {
  const plain = createStyle(false);
  const { command, traffic, exact, reasons, families, running } = result;
  const lines = [
    `### Network traffic of ${code(command.join(' '))}`,
    '',
    `**${receivedAndSent(traffic.total, exact, plain)}**; ${endingOf(result)} after ${secondsOf(result).toFixed(2)} s.`,
    '',
    ...verdicts.map((verdict) => `- ${verdict.outcome === 'kept' ? '✅' : '❌'} ${verdictText(verdict, plain)}`),
    ...reasons.map((reason) => `- Lower bound: ${inWords(reason)}`),
    ...(running.length > 0 ? [`- ${countOf(running.length, 'process', 'processes')} of the command outlived it.`] : []),
    '',
    whatIsCounted(families),
  ];
  return `${lines.join('\n')}\n\n`;
}

export function appendSummary(file: string, result: RunResult, verdicts: readonly Verdict[]): void {
  try {
    fs.appendFileSync(file, runMarkdown(result, verdicts));
  } catch (error) {
    throw new TrafficError('ERR_SYSTEM', `Cannot write the job summary to ${file}.`, { cause: error });
  }
}
