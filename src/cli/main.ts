// SPDX-License-Identifier: MIT
import { isatty } from 'node:tty';
import { packageRoot, packageVersion } from '../util/package-version';
import { realApi, type Api } from './command-line/api';
import { choice, flag } from './command-line/arguments';
import type { Arguments, Command, SignalListener } from './command-line/command';
import { parse, type Invocation } from './command-line/parse';
import { UsageError } from './command-line/mistake';
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

/** Prints a message for the user. A message that cannot be written is dropped: there is no other place for it. */
function say({ err }: Io, message: string): void {
  try {
    err(`${message}\n`);
  } catch {
    // The exit status still reports success or failure.
  }
}

/** Runs one command line. Resolves to the exit status; rejects only if `signal` was aborted. */
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
    const invocation = await parse(argv, COMMANDS, { version: VERSION, print: io.out, width: io.outWidth });
    if (invocation === 'printed') return SUCCESS;
    ({ args, command } = invocation);
    return await execute(invocation, io, api, signal, takeSignals);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof UsageError) {
      say(io, `lkm-traffic: ${error.message}`);
      return USAGE;
    }
    say(io, describeFailure(error, createStyle(wantsColor(io.errIsTerminal, io.env, args))));
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
  const style = createStyle(wantsColor(io.outIsTerminal, io.env, args), units, io.outWidth);
  const next = nextFormatter(format, style);
  return command.run(args, {
    api,
    style,
    signal,
    terminal: asked === undefined ? io.terminal : null,
    say: (message) => {
      say(io, message);
    },
    print: (report) => {
      io.out(formatReport(report, format, style));
    },
    printNext: (report) => {
      io.out(next(report));
    },
    formatter: ({ forStderr, many }) => {
      const own: Style = createStyle(forStderr && wantsColor(io.errIsTerminal, io.env, args), units);
      return many ? nextFormatter(format, own) : (report) => formatReport(report, format, own);
    },
    aside: io.err,
    env: io.env,
    readerLeft: io.readerLeft,
    takeSignals,
  });
}

/** The program. Only this function sets the exit status. */
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
    // All changes are undone. End by the same signal, as a shell expects.
    for (const name of signals) process.removeListener(name, onSignal);
    process.kill(process.pid, abort.signal.reason as NodeJS.Signals);
  }
  if (terminals.some((terminal) => !isatty(terminal))) {
    // A terminal is gone. At the end Node would set its modes and fail an assertion: end by SIGHUP, as a hangup would.
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  }
}
