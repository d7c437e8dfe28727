// SPDX-License-Identifier: MIT
/** Programs that the tests start; what is still there at the end of a test is killed. */
import { type ChildProcessWithoutNullStreams, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { atEnd } from './cleanup';
import { until } from './wait';

export interface Result {
  /** As a shell gives it: 128 and the signal for a process that one ended. */
  status: number;
  stdout: string;
  stderr: string;
}

type Options = Pick<SpawnOptions, 'cwd' | 'env' | 'argv0' | 'detached'>;

/** What goes to the test's own output as it comes. */
interface Shown {
  showErrors?: boolean;
}

export class Program {
  stdout = '';
  stderr = '';
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  private readonly child: ChildProcessWithoutNullStreams;
  private taken = 0;

  constructor(file: string, args: readonly string[] = [], { showErrors = false, ...options }: Options & Shown = {}) {
    this.child = spawn(file, args, { ...options, stdio: 'pipe' });
    if (showErrors) this.child.stderr.pipe(process.stdout);
    this.child.stdout.setEncoding('latin1').on('data', (text: string) => (this.stdout += text));
    this.child.stderr.setEncoding('latin1').on('data', (text: string) => (this.stderr += text));
    // A program that ended does not read what is still written to it.
    this.child.stdin.on('error', () => undefined);
    const closed = once(this.child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    this.ended = closed.then(([code, signal]) => ({ code, signal }));
    this.ended.catch(() => undefined);
    atEnd(async () => {
      this.kill('SIGKILL');
      await this.ended.catch(() => undefined);
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.child.spawnfile} could not be started`);
    return this.child.pid;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  write(text: string): void {
    this.child.stdin.write(text);
  }

  endInput(): void {
    this.child.stdin.end();
  }

  /** The next line of its output that matches; the lines before it are passed over. */
  async line(pattern: RegExp): Promise<RegExpExecArray> {
    return until(`a line like ${String(pattern)}`, () => {
      for (;;) {
        const end = this.stdout.indexOf('\n', this.taken);
        if (end < 0) {
          if (this.hasEnded)
            throw new Error(`ended before a line like ${String(pattern)}: ${this.stdout}${this.stderr}`);
          return undefined;
        }
        const line = this.stdout.slice(this.taken, end);
        this.taken = end + 1;
        const match = pattern.exec(line);
        if (match) return match;
      }
    });
  }

  async result(): Promise<Result> {
    const { code, signal } = await this.ended;
    const status = code ?? 128 + signalNumber(signal);
    return { status, stdout: this.stdout, stderr: this.stderr };
  }

  /** Its output, when it has succeeded. */
  async output(): Promise<string> {
    const { status, stdout, stderr } = await this.result();
    if (status !== 0) throw new Error(`${this.child.spawnargs.join(' ')}: status ${status}: ${stdout}${stderr}`);
    return stdout;
  }
}

function signalNumber(name: NodeJS.Signals | null): number {
  const numbers: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 2, SIGKILL: 9, SIGPIPE: 13, SIGTERM: 15 };
  return name === null ? 0 : (numbers[name] ?? 0);
}

/** Whether a debugger, or strace, has it. */
export const isTraced = (pid: number): boolean =>
  /^TracerPid:\s+[1-9]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));

/** Runs a command to its end, whatever comes of it. */
export const execute = (file: string, args: readonly string[] = [], options: Options = {}): Promise<Result> =>
  new Program(file, args, options).result();

/** The output of a command that succeeds. */
export const outputOf = (file: string, args: readonly string[] = [], options: Options = {}): Promise<string> =>
  new Program(file, args, options).output();
