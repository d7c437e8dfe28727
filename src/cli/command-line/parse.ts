// SPDX-License-Identifier: MIT
import type { Argv } from 'yargs';
import yargs from 'yargs/yargs';
import type { Arguments, Command } from './command';
import { checkWords, explain } from './mistake';
import { COMMON } from './options';
import { UsageError } from './usage-error';

export interface Invocation {
  readonly command: Command;
  readonly args: Arguments;
}

/**
 * The command and its options. Null: help or the version was asked for, and was given to `print`.
 * @throws {UsageError}
 */
export async function parse(
  argv: readonly string[],
  commands: readonly Command[],
  version: string,
  print: (text: string) => void,
): Promise<Invocation | null> {
  let invocation: Invocation | null = null;
  const dashes = argv.indexOf('--');
  const own = dashes < 0 ? argv : argv.slice(0, dashes);
  const command = own.map((word) => commands.find(({ name }) => name === word)).find((found) => found !== undefined);
  checkWords(own, argv.slice(own.length + 1), command);
  // Its own default, the current folder, may be gone.
  let parser = yargs([...argv], '/')
    .scriptName('lkm-traffic')
    .usage('$0 <command>\n\nExactly how many bytes programs send and receive, counted by a kernel module.')
    // Messages are matched below, and are not to follow the locale.
    .locale('en')
    .parserConfiguration({
      'populate--': true,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'dot-notation': false,
    })
    .options(COMMON)
    .alias('help', 'h')
    .version(version)
    .strict()
    .demandCommand(1, 'Name a command; lkm-traffic --help lists them.')
    .recommendCommands()
    .epilogue('Exit status: 0 success, 1 failure, 2 wrong usage. lkm-traffic COMMAND --help tells more of a command.')
    .wrap(100)
    .exitProcess(false);
  for (const command of commands) {
    parser = parser.command(
      [command.name, ...Object.values(command.positionals ?? {}).map(({ usage }) => usage)].join(' '),
      command.describe,
      (builder) => describeCommand(builder, command),
      (args) => {
        invocation = { command, args: withAfter(command, args) };
      },
    );
  }
  // With a callback, yargs prints nothing itself.
  await parser.parseAsync([...argv], {}, (error: Error | undefined, _args, output) => {
    if (error) throw new UsageError(explain(error.message, own, commands, command));
    if (output !== '') print(`${output}\n`);
  });
  return invocation;
}

/** What follows `--` is more of the positional that is a list: yargs leaves it apart. */
function withAfter({ positionals = {} }: Command, args: Arguments): Arguments {
  const [list] = Object.keys(positionals).filter((name) => Array.isArray(args[name]));
  if (list === undefined) return args;
  return { ...args, [list]: [args[list], args['--'] ?? []].flat() };
}

function describeCommand(builder: Argv, command: Command): Argv {
  const { name, positionals = {}, options, after, examples = [], exitStatus, describe } = command;
  let described = builder.options({ ...options });
  if (after !== undefined) described = described.usage(`$0 ${name} [OPTION …] -- ${after}\n\n${describe}`);
  if (exitStatus !== undefined) {
    described = described.epilogue(`Exit status: ${exitStatus.map((status) => status.join(' ')).join('; ')}.`);
  }
  for (const [name, { options: positional }] of Object.entries(positionals)) {
    described = described.positional(name, positional);
  }
  for (const [command, what] of examples) described = described.example(command, what);
  return described;
}
