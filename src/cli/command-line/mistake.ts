// SPDX-License-Identifier: MIT
import { closest, distance } from 'fastest-levenshtein';
import type { Command } from './command';
import { COMMON, COMMON_OPTIONS, describeOptions, type DescribedOption } from './options';
import { UsageError } from './usage-error';

/** The option of this name: `max-rx` has `maxRx` too, and `output` has `o`. */
function optionNamed(word: string, command: Command | undefined): DescribedOption | undefined {
  return [...COMMON_OPTIONS, ...describeOptions(command?.options ?? {})].find(({ name, short }) =>
    [name, short, name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())].includes(word),
  );
}

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
  for (const word of own) {
    const [, typed = '', negation, name = '', value] = /^(--?(no-)?([^=]+))(?:=(.*))?$/s.exec(word) ?? [];
    const option = optionNamed(name, command);
    // yargs looks names up in objects.
    if (option === undefined && name in Object.prototype) throw new UsageError(noOption(name, command));
    if (option === undefined) continue;
    const isBoolean = negation === undefined && (value === 'true' || value === 'false');
    if (!option.takesValue && value !== undefined && !isBoolean) {
      throw new UsageError(`${typed} takes no value: --${option.name}, or --no-${option.name}.`);
    }
    if (option.takesValue && negation !== undefined) {
      throw new UsageError(`There is no option ${typed}; --${option.name} needs a value.`);
    }
  }
}

const dashed = (name: string): string => (name.length === 1 ? `-${name}` : `--${name}`);

/** The word that was meant; with half of it changed it is another word, and no slip of the finger. */
function near(word: string, words: readonly string[]): string | undefined {
  const nearest = closest(word, [...words]);
  return distance(word, nearest) <= Math.ceil(word.length / 2) ? nearest : undefined;
}

function noCommand(word: string, commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name);
  const nearest = near(word, names);
  return nearest === undefined
    ? `There is no command ${word === '' ? "''" : word}; there are ${names.join(', ')}. lkm-traffic --help tells of them.`
    : `There is no command ${word}; the nearest one is ${nearest}.`;
}

/** For a command line whose only words stand after `--`, as in `lkm-traffic --json -- npm ci`. */
export function noCommandBefore(
  own: readonly string[],
  after: readonly string[],
  commands: readonly Command[],
): string {
  const isOurs = commands.some(({ name }) => name === after[0]);
  const meant = isOurs ? [...after, ...own] : ['run', ...own, '--', ...after];
  return `There is no command before --. Did you mean: lkm-traffic ${meant.join(' ')}`;
}

function noOption(word: string, command: Command | undefined): string {
  const nearest = near(word, [...Object.keys(COMMON), ...Object.keys(command?.options ?? {})]);
  if (nearest !== undefined) return `There is no option ${dashed(word)}; the nearest one is --${nearest}.`;
  return command === undefined
    ? `There is no option ${dashed(word)}; lkm-traffic --help lists them.`
    : `${command.name} has no option ${dashed(word)}; lkm-traffic ${command.name} --help lists them.`;
}

function noArgument(word: string, { name, options }: Command): string {
  const meant = 'fname' in options ? ` A program to watch is named with --fname=${word}.` : '';
  return `${name} has no argument '${word}'; lkm-traffic ${name} --help lists what it has.${meant}`;
}

/** What yargs calls a word that it does not know: of `-I500ms` each letter is an option to it. */
function namesOf(word: string): string[] {
  const [, dashes, name = ''] = /^(--?)(?:no-)?([^=]+)/.exec(word) ?? [];
  return dashes === '-' ? [word, name, ...name.split('')] : [word, name];
}

/** Of `-I500ms`, where -I is an option with a value. */
function joinedValue(word: string, command: Command | undefined): string | undefined {
  const [, letter = '', value = ''] = /^-([^-])(.+)$/s.exec(word) ?? [];
  if (optionNamed(letter, command)?.takesValue !== true) return undefined;
  return `The value of -${letter} stands apart: -${letter} ${value}`;
}

/**
 * The message of yargs in words that mend the mistake: yargs recommends commands, but no options, and names options
 * without their dashes.
 * @param own the words before `--`
 */
export function explain(
  message: string,
  own: readonly string[],
  commands: readonly Command[],
  command: Command | undefined,
): string {
  const missing = /^Not enough arguments following: (.*)$/m.exec(message)?.[1];
  if (missing !== undefined) return `${dashed(missing)} needs a value: ${dashed(missing)}=…`;
  if (message.startsWith('Not enough non-option arguments') && command?.positionals !== undefined) {
    const wanted = Object.values(command.positionals).map(
      ({ usage, options }) => `${usage} (${options.describe ?? ''})`,
    );
    return `${command.name} needs ${wanted.join(' ')}.`;
  }
  const list = /^Unknown (?:arguments?|commands?): (.*)$/s.exec(message)?.[1];
  if (list === undefined) return message;
  const isUnknown = (name: string): boolean => `, ${list}, `.includes(`, ${name === '' ? '""' : name}, `);

  // yargs names options before other words. The first word that is wrong is told, since those after it may be its value.
  for (const [index, word] of own.entries()) {
    const name = namesOf(word).find(isUnknown);
    if (name === undefined) continue;
    if (name !== word) {
      return joinedValue(word, command) ?? noOption(word.startsWith('--') ? name : name.charAt(0), command);
    }
    if (command === undefined || index < own.indexOf(command.name)) return noCommand(word, commands);
    if (command.after === undefined) return noArgument(word, command);
    return `The command of ${command.name} comes after --: lkm-traffic ${command.name} -- ${own.slice(index).join(' ')}`;
  }
  return noOption(list, command);
}
