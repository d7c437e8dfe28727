// SPDX-License-Identifier: MIT
/** A program under strace, and the table of what strace and the module say of each. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { folder } from '../lib/named';
import { Program } from '../lib/program';
import { theProgram, type Row } from '../lib/proc';
import { straceOptions, straced } from '../lib/strace';

export interface Traced {
  readonly program: Program;
  readonly log: string;
}

/** Started under strace, which runs beside it: signals and the exit status are the program's own. */
export function traced(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Traced {
  const log = join(folder(), 'strace');
  const program = new Program('strace', ['-D', ...straceOptions, '-o', log, file, ...args], {
    env: { ...process.env, ...env },
  });
  return { program, log };
}

const lines: string[][] = [['program', 'received', 'sent', 'witness', 'verdict']];
process.on('exit', () => {
  const widths = (lines[0] ?? []).map((_, n) => Math.max(...lines.map((line) => (line[n] ?? '').length)));
  for (const line of lines)
    console.log(
      `# ${line
        .map((cell, n) => cell.padEnd(widths[n] ?? 0))
        .join('  ')
        .trimEnd()}`,
    );
});

const columns = ['tcp_rx_bytes', 'tcp_tx_bytes', 'udp_rx_bytes', 'udp_tx_bytes'] as const;
const bytesOf = (row: Row): Row => Object.fromEntries(columns.map((name) => [name, row[name] ?? '']));
const inAndOut = (row: Row): [string, string] => {
  const add = (a: string, b: string): string => String(BigInt(row[a] ?? '0') + BigInt(row[b] ?? '0'));
  return [add('tcp_rx_bytes', 'udp_rx_bytes'), add('tcp_tx_bytes', 'udp_tx_bytes')];
};

/** All that a watched program and its children moved is what the witness says, to the byte; and it was something. */
export function assertBytes(name: string, expected: Row, witness: string): Row {
  const counted = bytesOf(theProgram(name));
  const equal = columns.every((column) => counted[column] === expected[column]);
  lines.push([name, ...inAndOut(counted), witness, equal ? 'equal' : 'DIFFERENT']);
  assert.deepEqual(counted, bytesOf(expected), name);
  assert.notDeepEqual(inAndOut(counted), ['0', '0'], `${name} moved nothing`);
  return counted;
}

export const assertStraced = (name: string, { log }: Traced): Row => assertBytes(name, straced(log), 'strace');

/** Two ends of the same connections. */
export function assertMirrored(one: Row, other: Row): void {
  assert.deepEqual(
    [one['tcp_rx_bytes'], one['tcp_tx_bytes']],
    [other['tcp_tx_bytes'], other['tcp_rx_bytes']],
    'what one end sent the other received',
  );
}

/** Ends a server as its operator would, and waits for it and for strace. */
export async function end({ program }: Traced, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  program.kill(signal);
  await program.ended;
}
