// SPDX-License-Identifier: MIT
import type { Argv } from 'yargs';
import yargs from 'yargs/yargs';
import type { Arguments, Command } from './command';
import { checkWords, explain, noCommandBefore } from './mistake';
import { COMMON } from './options';
import { UsageError } from './usage-error';

export interface Invocation {
  readonly command: Command;
  readonly args: Arguments;
}

/**
 * Reads the command line. Returns `'printed'` if the caller asked for help, the version or a completion: the text went
 * to `print`, and there is no command to run.
 * @throws {UsageError} also when the command line names no command
 */
export async function parse(
  argv: readonly string[],
  commands: readonly Command[],
  version: string,
  print: (text: string) => void,
): Promise<Invocation | 'printed'> {
  let result: Invocation | 'printed' | undefined;
  const dashes = argv.indexOf('--');
  const own = dashes < 0 ? argv : argv.slice(0, dashes);
  const command = own.map((word) => commands.find(({ name }) => name === word)).find((found) => found !== undefined);
  const after = argv.slice(own.length + 1);
  checkWords(own, after, command);
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
        result = { command, args: withAfter(command, args) };
      },
    );
  }
  // With a callback, yargs prints nothing itself.
  await parser.parseAsync([...argv], {}, (error: Error | undefined, _args, output) => {
    if (error) throw new UsageError(explain(error.message, own, commands, command));
    if (output === '') return;
    print(`${output}\n`);
    result = 'printed';
  });
  // yargs counts the words after -- as commands, and then runs none.
  if (result === undefined) throw new UsageError(noCommandBefore(own, after, commands));
  return result;
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
