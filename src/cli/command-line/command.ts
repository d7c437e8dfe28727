// SPDX-License-Identifier: MIT
import type { Options, PositionalOptions } from 'yargs';
import type { Format, Report } from '../format/report';
import type { Style } from '../format/style';
import type { OpenTerminal } from '../terminal/terminal';
import type { Api } from './api';

/** The options and positionals of the command line, by name. */
export type Arguments = Readonly<Record<string, unknown>>;

export interface Context {
  readonly api: Api;
  /** Prints a message for the user on stderr, and a line feed. A message that cannot be written is dropped. */
  readonly say: (message: string) => void;
  /** Prints a result on stdout in the requested format. */
  readonly print: (report: Report) => void;
  /** Prints one of many results on stdout: each JSON document is one line, and CSV has one header. */
  readonly printNext: (report: Report) => void;
  /** The requested format, for a command that does not print on stdout. */
  readonly formatter: (options: FormatterOptions) => (report: Report) => string;
  /** Prints text on stderr. Throws if the text cannot be written. */
  readonly aside: (text: string) => void;
  readonly style: Style;
  /** For a view on the whole screen; null if stdout is not a terminal, or a format was requested. */
  readonly terminal: OpenTerminal | null;
  readonly env: NodeJS.ProcessEnv;
  /** Aborted when the reader of stdout has left. */
  readonly readerLeft: AbortSignal;
  /** From now on the listener gets all signals, and `signal` is not aborted by them. */
  readonly takeSignals: (listener: SignalListener) => void;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
}

export interface FormatterOptions {
  /** Whether the text is for stderr: it has colours if stderr is a terminal that shows them. */
  readonly forStderr: boolean;
  /** Whether reports follow each other: each JSON document is one line then. */
  readonly many: boolean;
}

export type SignalListener = (signal: NodeJS.Signals) => void;

/** One subcommand. `run` resolves to the exit status. */
export interface Command {
  readonly name: string;
  /** Usage of its positionals, as yargs writes them: `[process..]`. */
  readonly positionals?: Readonly<Record<string, { usage: string; options: PositionalOptions }>>;
  readonly describe: string;
  readonly examples?: readonly (readonly [command: string, what: string])[];
  readonly options: Readonly<Record<string, Options>>;
  /** What the command takes after `--`, such as `CMD …`. */
  readonly after?: string;
  /** What the exit statuses mean. Default: 0 success, 1 failure, 2 wrong usage. */
  readonly exitStatus?: readonly (readonly [status: string, meaning: string])[];
  /** The format if none is requested and stdout is not a terminal. Default: table. */
  readonly pipedFormat?: Format;
  readonly run: (args: Arguments, context: Context) => Promise<number>;
  /** The exit status if `run` rejects. Default: 1. After wrong usage it is always 2. */
  readonly failureStatus?: (error: unknown) => number;
}

/** What the exit statuses mean, unless a command says otherwise. */
export const EXIT_STATUS = [
  ['0', 'success'],
  ['1', 'failure'],
  ['2', 'wrong usage'],
] as const satisfies Command['exitStatus'];
