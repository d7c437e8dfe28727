// SPDX-License-Identifier: MIT
/** `lkm-traffic run`, and the report that it writes. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder } from './named';
import { lkmTraffic } from './package';
import type { Result } from './program';

interface Counters {
  receivedBytes: number;
  sentBytes: number;
}

export interface RunDocument {
  type: string;
  exitCode: number | null;
  signal: string | null;
  exact: boolean;
  reasons: string[];
  traffic: Record<string, Counters | null>;
  processes: { pid: number; comm: string; state: string }[];
  running: { pid: number }[];
  byScope?: { scope: string | null; counters: Counters }[];
  byRemote?: { address: string | null; flows: number; counters: Counters }[];
  budgets?: { outcome: string; moved: number }[];
}

/** Runs a command with options of `run`; its own output and status, and the report. */
export async function reportedWith(
  options: readonly string[],
  ...command: string[]
): Promise<Result & { report: RunDocument }> {
  const file = join(folder(), 'report.json');
  const result = await lkmTraffic('run', '-o', file, '--json', ...options, '--', ...command);
  assert.ok(existsSync(file), result.stderr);
  return { ...result, report: JSON.parse(readFileSync(file, 'utf8')) as RunDocument };
}

export const reported = (...command: string[]): ReturnType<typeof reportedWith> => reportedWith([], ...command);
