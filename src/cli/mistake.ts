// SPDX-License-Identifier: MIT
import { closest, distance } from 'fastest-levenshtein';
import type { Command } from './command';
import { COMMON } from './options';
import { UsageError } from './usage-error';

/**
 * What yargs lets pass, or passes over: to it `--json=1` is `--no-json`, and `--no-fname` the name `false`.
 * @param own the words before `--`
 * @throws {UsageError}
 */
export function checkWords(own: readonly string[], after: readonly string[], command: Command | undefined): void {
  if (command !== undefined && command.after === undefined && command.positionals === undefined && after.length > 0) {
    throw new UsageError(
      `${command.name} takes nothing after --; to run a command and count it: lkm-traffic run -- ${after.join(' ')}`,
    );
  }
  const types = new Map(
    Object.entries({ ...COMMON, ...command?.options }).map(([name, option]) => [name, option.type]),
  );
  for (const word of own) {
    const [, name = '', value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const negated = name.startsWith('no-') ? name.slice('no-'.length) : undefined;
    const isFlag = types.get(negated ?? name) === 'boolean';
    if (isFlag && value !== undefined && (negated !== undefined || !['true', 'false'].includes(value))) {
      const flag = negated ?? name;
      throw new UsageError(`--${name} takes no value: --${flag}, or --no-${flag}.`);
    }
    if (negated !== undefined && types.get(negated) === 'string') {
      throw new UsageError(`There is no option --${name}; --${negated} needs a value.`);
    }
  }
}

/** The word that was meant; with half of it changed it is another word, and no slip of the finger. */
function near(word: string, words: readonly string[]): string | undefined {
  const nearest = closest(word, [...words]);
  return distance(word, nearest) <= Math.ceil(word.length / 2) ? nearest : undefined;
}

function noCommand(word: string, commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name);
  const nearest = near(word, names);
  return nearest === undefined
    ? `There is no command ${word}; there are ${names.join(', ')}.`
    : `There is no command ${word}; the nearest one is ${nearest}.`;
}

function noOption(word: string, command: Command | undefined): string {
  const nearest = near(word, [...Object.keys(COMMON), ...Object.keys(command?.options ?? {})]);
  if (nearest !== undefined) return `There is no option --${word}; the nearest one is --${nearest}.`;
  const dashes = word.length === 1 ? '-' : '--';
  return command === undefined
    ? `There is no option ${dashes}${word}; lkm-traffic --help lists them.`
    : `${command.name} has no option ${dashes}${word}; lkm-traffic ${command.name} --help lists them.`;
}

function noArgument(word: string, { name, options }: Command): string {
  const meant = 'fname' in options ? ` A program to watch is named with --fname=${word}.` : '';
  return `${name} has no argument '${word}'; lkm-traffic ${name} --help lists what it has.${meant}`;
}

/**
 * The message of yargs in words that mend the mistake: yargs recommends commands, but no options, and names options
 * without their dashes.
 */
export function explain(
  message: string,
  argv: readonly string[],
  commands: readonly Command[],
  command: Command | undefined,
): string {
  const missing = /^Not enough arguments following: (.*)$/m.exec(message)?.[1];
  if (missing !== undefined) return `--${missing} needs a value: --${missing}=…`;
  if (message.startsWith('Not enough non-option arguments') && command?.positionals !== undefined) {
    const wanted = Object.values(command.positionals).map(
      ({ usage, options }) => `${usage} (${options.describe ?? ''})`,
    );
    return `${command.name} needs ${wanted.join(' ')}.`;
  }
  const unknown = /^Unknown (?:arguments?|commands?): (.*)$/m.exec(message)?.[1]?.split(', ') ?? [];
  const [first] = unknown;
  if (first === undefined) return message;

  const bare = argv.findIndex((word) => unknown.includes(word));
  if (command?.after !== undefined && bare >= 0) {
    const meant = argv.slice(bare).join(' ');
    return `The command of ${command.name} comes after --: lkm-traffic ${command.name} -- ${meant}`;
  }
  if (!argv.includes(first)) return noOption(first, command);
  return command === undefined ? noCommand(first, commands) : noArgument(first, command);
}
