// SPDX-License-Identifier: MIT
import type { Options, PositionalOptions } from 'yargs';
import type { Format, Report } from '../format/report';
import type { Style } from '../format/style';
import type { OpenTerminal } from '../terminal/terminal';
import type { Api } from './api';

/** What was given on the command line, by option name. Positionals too. */
export type Arguments = Readonly<Record<string, unknown>>;

export interface Context {
  readonly api: Api;
  /** A message for the person, on stderr: a line feed is added. One that cannot be written is dropped. */
  readonly say: (message: string) => void;
  /** Prints a result on stdout, in the format that was asked for. */
  readonly print: (report: Report) => void;
  /** On stdout, one of many that follow each other: JSON is a line each, and CSV has one header. */
  readonly printNext: (report: Report) => void;
  /** The format that was asked for, for who prints elsewhere than on stdout. */
  readonly formatter: (options: FormatterOptions) => (report: Report) => string;
  /** Text on stderr, as it is: throws when it cannot be written. */
  readonly aside: (text: string) => void;
  readonly style: Style;
  /** For a view of all of the screen; null where stdout is no terminal, or a format was asked for. */
  readonly terminal: OpenTerminal | null;
  readonly env: NodeJS.ProcessEnv;
  /** Aborted when nobody reads what is printed any more. */
  readonly readerLeft: AbortSignal;
  /** Signals come here from now on, and abort nothing. */
  readonly takeSignals: (listener: SignalListener) => void;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
}

export interface FormatterOptions {
  /** In colours, where stderr is a terminal that shows them. */
  readonly forStderr: boolean;
  /** Reports that follow each other: JSON is a line each. */
  readonly many: boolean;
}

export type SignalListener = (signal: NodeJS.Signals) => void;

/** One subcommand. `run` gives the exit status. */
export interface Command {
  readonly name: string;
  /** Usage of its positionals, as yargs writes them: `[who..]`. */
  readonly positionals?: Readonly<Record<string, { usage: string; options: PositionalOptions }>>;
  readonly describe: string;
  readonly examples?: readonly (readonly [command: string, what: string])[];
  readonly options: Readonly<Record<string, Options>>;
  /** Usage of what it takes after `--`, as a command line of its own: `CMD …`. */
  readonly after?: string;
  /** What its exit statuses mean, where they are not those of all: 0 success, 1 failure, 2 wrong usage. */
  readonly exitStatus?: readonly (readonly [status: string, meaning: string])[];
  /** Its format where none is asked for and stdout is no terminal; default: table. */
  readonly pipedFormat?: Format;
  readonly run: (args: Arguments, context: Context) => Promise<number>;
  /** The exit status when `run` rejects; default 1. Wrong usage is 2 for all. */
  readonly failureStatus?: (error: unknown) => number;
}
