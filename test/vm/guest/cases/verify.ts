// SPDX-License-Identifier: MIT
/** Runs one case of the table, and holds what was counted against its witness. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engine, kernelIsAtLeast, program } from '../lib/environment';
import { folder } from '../lib/named';
import { countUdp, udpCounted } from '../lib/nft';
import { execute, outputOf } from '../lib/program';
import { counters, record, type Row } from '../lib/proc';
import { straceOptions, straced } from '../lib/strace';
import type { Case } from './case';
import { assertFlowsAddUp, columns } from './flows';
import { moved, type Line } from './table';

const numbersOf = (row: Row): Row => Object.fromEntries(columns.map((name) => [name, row[name] ?? 'no column']));

/** What a program of one process or more says that they moved, by pid. */
function parseReports(output: string): Map<number, Row> {
  const reports = new Map<number, Row>();
  for (const text of output.split(/^(?=process )/m)) {
    const [, pid = ''] = /^process (\d+)\n/.exec(text) ?? [];
    const report = Object.fromEntries(
      [...text.matchAll(/^(\w+_(?:bytes|msgs)) (\w+)$/gm)].map(([, name = '', value = '']) => [name, value]),
    );
    assert.deepEqual(Object.keys(report).sort(), [...columns].sort(), `a report of ${pid} in ${output}`);
    assert.equal(reports.has(Number(pid)), false, `two reports of ${pid}`);
    reports.set(Number(pid), report);
  }
  return reports;
}

/** The report as the record is to have it: of families that are not counted it says nothing. */
function expectedOf(entry: Case, report: Row, counted: Row, families: readonly string[]): Row {
  const bound = entry.lowerBound !== undefined && engine === 'tracepoint' ? entry.lowerBound.columns : [];
  return Object.fromEntries(
    columns.map((name) => {
      const [family = ''] = name.split('_');
      const isCounted = families.includes(family) || ['tcp', 'udp', 'other'].includes(family);
      if (!isCounted) return [name, '-'];
      if (bound.includes(name)) return [name, '0'];
      return [name, report[name] === 'any' ? (counted[name] ?? '') : (report[name] ?? '')];
    }),
  );
}

/** However many messages they were: bytes come in at least one. */
function assertAnyIsSome(report: Row, counted: Row): void {
  for (const [name, value] of Object.entries(report)) {
    if (value === 'any') assert.notEqual(counted[name], '0', name);
  }
}

/** The output of a program, which it writes to a file: what Node gives it for a pipe is a socket, of AF_UNIX. */
async function quietly(path: string, scenario: string): Promise<string> {
  const output = join(folder(), 'output');
  await outputOf('sh', ['-c', 'exec "$0" "$1" >"$2"', path, scenario, output]);
  return readFileSync(output, 'latin1');
}

async function run(entry: Case): Promise<Map<number, Row>> {
  const path = program(`calls/${entry.program}.out`);
  if (!entry.witness.includes('strace')) return parseReports(await quietly(path, entry.scenario));

  const log = join(folder(), 'strace');
  const withNft = entry.witness.includes('nftables');
  if (withNft) await countUdp();
  const reports = parseReports(await outputOf('strace', [...straceOptions, '-o', log, path, entry.scenario]));
  const [report, ...more] = reports.values();
  assert.ok(report !== undefined && more.length === 0);
  const seen = straced(log);
  assert.deepEqual(Object.fromEntries(Object.keys(seen).map((name) => [name, report[name]])), seen, 'strace');
  if (withNft) {
    const udp = await udpCounted();
    assert.deepEqual(Object.fromEntries(Object.keys(udp).map((name) => [name, report[name]])), udp, 'nftables');
  }
  return reports;
}

/** What the kernel lacks it refuses. */
async function assertRefused(entry: Case): Promise<void> {
  const { status, stderr } = await execute(program(`calls/${entry.program}.out`), [entry.scenario]);
  assert.equal(status, 1);
  assert.match(stderr, /Invalid argument|not supported|not available/);
}

/** The line of the table, also of a case that fails. */
export async function verify(entry: Case, families: readonly string[], tell: (line: Line) => void): Promise<void> {
  const line = { case: entry.case, expected: '', counted: '', witness: entry.witness };
  const { since, until } = entry;
  if (until !== undefined && kernelIsAtLeast(until.major, until.minor)) {
    tell({ ...line, verdict: `not on this kernel: ${until.what} is gone since Linux ${until.major}.${until.minor}` });
    await assertRefused(entry);
    return;
  }
  if (since !== undefined && !kernelIsAtLeast(since.major, since.minor)) {
    tell({ ...line, verdict: `not on this kernel: ${since.what} came with Linux ${since.major}.${since.minor}` });
    await assertRefused(entry);
    return;
  }
  let verdict = 'DIFFERENT';
  let shown = { expected: '-', counted: '-' };
  try {
    if (entry.program === 'tcp') writeFileSync('/proc/sys/net/ipv4/tcp_fastopen', '0x603');
    const reports = [...(await run(entry))];
    const rows = reports.map(([pid]) => record(pid));
    const counted = rows.map(numbersOf);
    const expected = reports.map(([, report], n) => expectedOf(entry, report, counted[n] ?? {}, families));
    const sameBytes = moved(expected, false) === moved(counted, false);
    const sameMessages = moved(expected, true) === moved(counted, true);
    const withMessages = sameBytes && !sameMessages;
    shown = { expected: moved(expected, withMessages), counted: moved(counted, withMessages) };
    assert.deepEqual(counted, expected);
    reports.forEach(([, report], n) => {
      assertAnyIsSome(report, counted[n] ?? {});
    });

    const bound = engine === 'tracepoint' ? entry.lowerBound : undefined;
    for (const row of rows) {
      assert.deepEqual(
        [row['state'], row['exact'], row['reasons']],
        ['exited', bound ? '0' : '1', bound?.reason ?? '-'],
      );
      assertFlowsAddUp(row);
    }
    // Whoever else belongs to it has moved nothing.
    const ids = rows.map((row) => row['id']);
    for (const row of counters().filter((other) => ids.includes(other['root_id']) && !ids.includes(other['id']))) {
      assert.equal(moved([row], true), 'nothing', `process ${row['pid']}, which reports nothing`);
    }
    verdict = bound === undefined ? 'equal' : `equal, a lower bound: ${bound.reason}`;
  } catch (error) {
    if (shown.expected === shown.counted) {
      const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
      verdict = `DIFFERENT: ${reason}`;
    }
    throw error;
  } finally {
    tell({ ...line, ...shown, verdict });
  }
}
