// SPDX-License-Identifier: MIT
import { isatty } from 'node:tty';
import { packageRoot, packageVersion } from '../util/package-version';
import { realApi, type Api } from './command-line/api';
import { choice, flag } from './command-line/arguments';
import type { Arguments, Command, SignalListener } from './command-line/command';
import { parse, type Invocation } from './command-line/parse';
import { UsageError } from './command-line/usage-error';
import { COMMANDS } from './commands';
import { describeFailure } from './failure';
import { FORMATS, formatReport, nextFormatter } from './format/report';
import { createStyle, type Style } from './format/style';
import { processIo, type Io } from './terminal/io';

const VERSION = packageVersion(packageRoot());

const SUCCESS = 0;
const FAILURE = 1;
const USAGE = 2;

function wantsColor(isTerminal: boolean, env: NodeJS.ProcessEnv, args: Arguments = {}): boolean {
  return flag(args, 'color') ?? (isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb');
}

/** A message to the person. One that cannot be written is dropped: there is nowhere else to tell it. */
function tell({ err }: Io, message: string): void {
  try {
    err(`${message}\n`);
  } catch {
    // The exit status still tells what it can.
  }
}

/** Runs one command line. Gives the exit status; rejects only when `signal` was aborted. */
export async function run(
  argv: readonly string[],
  io: Io,
  api: Api,
  signal: AbortSignal,
  takeSignals: (listener: SignalListener) => void,
): Promise<number> {
  let args: Arguments = {};
  let command: Command | undefined;
  try {
    const invocation = await parse(argv, COMMANDS, VERSION, io.out);
    if (invocation === 'printed') return SUCCESS;
    ({ args, command } = invocation);
    return await execute(invocation, io, api, signal, takeSignals);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof UsageError) {
      tell(io, `lkm-traffic: ${error.message}`);
      return USAGE;
    }
    tell(io, describeFailure(error, createStyle(wantsColor(io.errIsTerminal, io.env, args))));
    return command?.failureStatus?.(error) ?? FAILURE;
  }
}

function execute(
  { command, args }: Invocation,
  io: Io,
  api: Api,
  signal: AbortSignal,
  takeSignals: (listener: SignalListener) => void,
): Promise<number> {
  const asked = flag(args, 'json') === true ? 'json' : choice(args, 'format', FORMATS);
  const format = asked ?? (io.outIsTerminal ? undefined : command.pipedFormat) ?? 'table';
  const units = { iec: flag(args, 'iec'), bits: flag(args, 'bits') };
  const styleFor = (isTerminal: boolean): Style => createStyle(wantsColor(isTerminal, io.env, args), units);
  const style = styleFor(io.outIsTerminal);
  const next = nextFormatter(format, style);
  return command.run(args, {
    api,
    style,
    signal,
    terminal: asked === undefined ? io.terminal : null,
    say: (message) => {
      tell(io, message);
    },
    print: (report) => {
      io.out(formatReport(report, format, style));
    },
    printNext: (report) => {
      io.out(next(report));
    },
    formatter: ({ forStderr, many }) => {
      const own = forStderr ? styleFor(io.errIsTerminal) : createStyle(false, units);
      return many ? nextFormatter(format, own) : (report) => formatReport(report, format, own);
    },
    aside: io.err,
    env: io.env,
    readerLeft: io.readerLeft,
    takeSignals,
  });
}

/** The program: the only place that sets the exit status. */
export async function main(): Promise<void> {
  const abort = new AbortController();
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const terminals = [0, 1, 2].filter(isatty);
  const onSignal = (name: NodeJS.Signals): void => {
    abort.abort(name);
  };
  for (const name of signals) process.once(name, onSignal);
  const takeSignals = (listener: SignalListener): void => {
    for (const name of signals) process.removeListener(name, onSignal);
    for (const name of [...signals, 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const) process.on(name, listener);
  };
  try {
    process.exitCode = await run(process.argv.slice(2), processIo(), realApi, abort.signal, takeSignals);
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    // What was begun is undone: end as the signal would have ended us, so that a shell knows.
    for (const name of signals) process.removeListener(name, onSignal);
    process.kill(process.pid, abort.signal.reason as NodeJS.Signals);
  }
  if (terminals.some((terminal) => !isatty(terminal))) {
    // It is gone. Node would want to set its modes at the end, and fail an assertion: end as a hangup ends a process.
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  }
}
