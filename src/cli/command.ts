// SPDX-License-Identifier: MIT
import type { Options, PositionalOptions } from 'yargs';
import type { Api } from './api';
import type { Style } from './format/style';
import type { Report } from './format/report';

/** What was given on the command line, by option name. Positionals too. */
export type Arguments = Readonly<Record<string, unknown>>;

export interface Context {
  readonly api: Api;
  /** A message for the person, on stderr: a line feed is added. */
  readonly say: (message: string) => void;
  /** Prints a result on stdout, in the format that was asked for. */
  readonly print: (report: Report) => void;
  readonly style: Style;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
}

/** One subcommand. `run` gives the exit status. */
export interface Command {
  readonly name: string;
  /** Usage of its positionals, as yargs writes them: `[who..]`. */
  readonly positionals?: Readonly<Record<string, { usage: string; options: PositionalOptions }>>;
  readonly describe: string;
  readonly examples?: readonly (readonly [command: string, what: string])[];
  readonly options: Readonly<Record<string, Options>>;
  readonly run: (args: Arguments, context: Context) => Promise<number>;
}
