// SPDX-License-Identifier: MIT
import type { Argv } from 'yargs';
import yargs from 'yargs/yargs';
import { EXIT_STATUS, type Arguments, type Command } from './command';
import { checkWords, explain, noCommandBefore, splitShortValues, UsageError } from './mistake';
import { COMMON } from './options';
import { withCommand } from './shell-words';

export interface Invocation {
  readonly command: Command;
  readonly args: Arguments;
}

export interface ParseOptions {
  readonly version: string;
  /** Prints help, the version or a completion. */
  readonly print: (text: string) => void;
  /** Columns of the terminal that this text goes to; null: it goes elsewhere. */
  readonly width: number | null;
}

/** The help is not wider than this: longer lines are hard to read. */
const WIDTH_MAX = 100;
const WIDTH_OF_A_FILE = 80;

function exitStatusText(statuses: NonNullable<Command['exitStatus']>): string {
  const width = Math.max(...statuses.map(([status]) => status.length));
  return ['Exit status:', ...statuses.map(([status, meaning]) => `  ${status.padEnd(width)}  ${meaning}`)].join('\n');
}

/**
 * Reads the command line. Returns `'printed'` if the caller asked for help, the version or a completion: the text went
 * to `print`, and there is no command to run.
 * @throws {UsageError} if the command line is wrong, or has no command
 */
export async function parse(
  argv: readonly string[],
  commands: readonly Command[],
  { version, print, width }: ParseOptions,
): Promise<Invocation | 'printed'> {
  let result: Invocation | 'printed' | undefined;
  const dashes = argv.indexOf('--');
  const own = dashes < 0 ? argv : argv.slice(0, dashes);
  const command = own.map((word) => commands.find(({ name }) => name === word)).find((found) => found !== undefined);
  const after = argv.slice(own.length + 1);
  checkWords(own, after, command);
  const words = [...splitShortValues(own, command), ...argv.slice(own.length)];
  // yargs would use the current folder, which may be gone.
  let parser = yargs(words, '/')
    .scriptName('lkm-traffic')
    .usage(
      '$0 COMMAND [OPTION …]\n\nCounts exactly how many bytes programs send and receive over the network. A kernel module does the counting.',
    )
    // explain() matches the English messages.
    .locale('en')
    .updateStrings({ 'Positionals:': 'Arguments:' })
    .parserConfiguration({
      'populate--': true,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'dot-notation': false,
    })
    .options(COMMON)
    .help('help', 'show this help')
    .alias('help', 'h')
    .version('version', 'print the version', version)
    .strict()
    .demandCommand(1, withCommand('No command is given. To list the commands:', ['--help']))
    .epilogue(`${exitStatusText(EXIT_STATUS)}\n\nFor the options of a command: lkm-traffic COMMAND --help`)
    .wrap(Math.min(width ?? WIDTH_OF_A_FILE, WIDTH_MAX))
    .exitProcess(false);
  for (const command of commands) {
    parser = parser.command(
      [command.name, ...Object.values(command.positionals ?? {}).map(({ usage }) => usage)].join(' '),
      command.describe,
      (builder) => describeCommand(builder, command),
      (args) => {
        result = { command, args: withAfter(command, args) };
      },
    );
  }
  // With a callback, yargs prints nothing itself.
  await parser.parseAsync(words, {}, (error: Error | undefined, _args, output) => {
    if (error) throw new UsageError(explain(error.message, own, after, commands, command));
    if (output === '') return;
    print(`${output}\n`);
    result = 'printed';
  });
  // yargs counts the words after -- as commands, and then runs none.
  if (result === undefined) throw new UsageError(noCommandBefore(own, after, commands));
  return result;
}

/** yargs keeps what follows `--` apart. A positional that is a list gets these words as well. */
function withAfter({ positionals = {} }: Command, args: Arguments): Arguments {
  const [list] = Object.keys(positionals).filter((name) => Array.isArray(args[name]));
  if (list === undefined) return args;
  return { ...args, [list]: [args[list], args['--'] ?? []].flat() };
}

function describeCommand(builder: Argv, command: Command): Argv {
  const { name, positionals = {}, options, after, examples = [], exitStatus, describe } = command;
  const usage = [
    `$0 ${name} [OPTION …]`,
    ...Object.values(positionals).map((positional) => positional.usage),
    ...(after === undefined ? [] : [`-- ${after}`]),
  ];
  let described = builder
    .options({ ...options })
    .group(Object.keys(options), 'Options:')
    .group([...Object.keys(COMMON), 'help', 'version'], 'Common options:')
    .usage(`${usage.join(' ')}\n\n${describe}`)
    .epilogue(exitStatusText(exitStatus ?? EXIT_STATUS));
  for (const [name, { options: positional }] of Object.entries(positionals)) {
    described = described.positional(name, positional);
  }
  for (const [command, what] of examples) described = described.example(command, what);
  return described;
}
