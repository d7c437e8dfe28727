// SPDX-License-Identifier: MIT
import { closest, distance } from 'fastest-levenshtein';
import yargs, { type Argv } from 'yargs';
import type { Arguments, Command } from './command';
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
  let parser = yargs([...argv])
    .scriptName('lkm-traffic')
    .usage('$0 <command>\n\nExactly how many bytes programs send and receive, counted by a kernel module.')
    // Messages are matched below, and are not to follow the locale.
    .locale('en')
    .parserConfiguration({ 'populate--': true, 'parse-numbers': false, 'parse-positional-numbers': false })
    .options(COMMON)
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
        invocation = { command, args };
      },
    );
  }
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const command = commands.find(({ name }) => own.includes(name));
  // With a callback, yargs prints nothing itself.
  await parser.parseAsync([...argv], {}, (error: Error | undefined, _args, output) => {
    if (error) throw new UsageError(improve(error.message, commands, command));
    if (output !== '') print(`${output}\n`);
  });
  return invocation;
}

function describeCommand(builder: Argv, { positionals = {}, options, examples = [] }: Command): Argv {
  let described = builder.options({ ...options });
  for (const [name, { options: positional }] of Object.entries(positionals)) {
    described = described.positional(name, positional);
  }
  for (const [command, what] of examples) described = described.example(command, what);
  return described;
}

/** Yargs recommends commands where it sees one, but no options, and names options without their dashes. */
function improve(message: string, commands: readonly Command[], command: Command | undefined): string {
  const missing = /^Not enough arguments following: (.*)$/m.exec(message)?.[1];
  if (missing !== undefined) return `--${missing} needs a value: --${missing}=…`;
  if (message.startsWith('Not enough non-option arguments') && command?.positionals !== undefined) {
    const wanted = Object.values(command.positionals).map(
      ({ usage, options }) => `${usage} (${options.describe ?? ''})`,
    );
    return `${command.name} needs ${wanted.join(' ')}.`;
  }
  const unknown = /^Unknown (?:arguments?|commands?): (.*)$/m.exec(message)?.[1]?.split(', ')[0];
  if (unknown === undefined) return message;

  const options = [...Object.keys(COMMON), ...Object.keys(command?.options ?? {})];
  const near = (words: readonly string[]): string | undefined => {
    const nearest = closest(unknown, [...words]);
    // With half of it changed it is another word, and no slip of the finger.
    return distance(unknown, nearest) <= Math.ceil(unknown.length / 2) ? nearest : undefined;
  };
  if (command === undefined) {
    const names = commands.map(({ name }) => name);
    const nearest = near(names);
    return nearest === undefined
      ? `There is no command ${unknown}; there are ${names.join(', ')}.`
      : `There is no command ${unknown}; the nearest one is ${nearest}.`;
  }
  const nearest = near(options);
  if (nearest !== undefined) return `There is no option --${unknown}; the nearest one is --${nearest}.`;
  const meant = 'fname' in command.options ? ` A program to watch is named with --fname=${unknown}.` : '';
  return `${command.name} has no option or argument '${unknown}'; lkm-traffic ${command.name} --help lists them.${meant}`;
}
