// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import { TrafficError } from '../../model/errors';
import type { RunResult } from '../../model/api-results';
import { UsageError } from '../command-line/usage-error';
import type { Verdict } from './budget';
import { runMarkdown } from './markdown';

/** Where GitHub Actions takes a job's summary from. */
export function summaryFile(env: NodeJS.ProcessEnv): string {
  const file = env['GITHUB_STEP_SUMMARY'] ?? '';
  if (file === '') throw new UsageError('--github is for GitHub Actions, which sets GITHUB_STEP_SUMMARY.');
  return file;
}

export function appendSummary(file: string, result: RunResult, verdicts: readonly Verdict[]): void {
  try {
    fs.appendFileSync(file, runMarkdown(result, verdicts));
  } catch (error) {
    throw new TrafficError('ERR_SYSTEM', `The summary cannot be written to ${file}.`, { cause: error });
  }
}
