// SPDX-License-Identifier: MIT
import { distance } from 'fastest-levenshtein';
import { visible } from '../format/style';
import type { Command } from './command';
import { COMMON, COMMON_OPTIONS, describeOptions, type DescribedOption } from './options';
import { withCommand } from './shell-words';

/** The command line itself is wrong. It is reported without a stack, and the exit status is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The option of this name: `max-rx` is also called `maxRx`, and `output` is also called `o`. */
function optionNamed(word: string, command: Command | undefined): DescribedOption | undefined {
  return [...COMMON_OPTIONS, ...describeOptions(command?.options ?? {})].find(({ name, short }) =>
    [name, short, name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())].includes(word),
  );
}

/** Whether two neighbouring letters were swapped, as in `laod`. */
function isSwapped(typed: string, word: string): boolean {
  const letters = Array.from(typed);
  return letters.some((letter, n) => {
    const next = letters[n + 1];
    return (
      next !== undefined &&
      letters
        .with(n, next)
        .with(n + 1, letter)
        .join('') === word
    );
  });
}

/**
 * The word that was meant. A slip of the finger changes one letter, or two letters of a word of five or more. A word
 * that differs more is another word, and a suggestion would only confuse.
 */
export function nearest(typed: string, words: readonly string[]): string | undefined {
  if (typed.length < 3) return undefined;
  const most = typed.length < 5 ? 1 : 2;
  const slips = (word: string): number => (isSwapped(typed, word) ? 1 : distance(typed, word));
  const [best] = [...words].sort((a, b) => slips(a) - slips(b));
  return best !== undefined && slips(best) <= most ? best : undefined;
}

/** `--format 'yaml' is not one of table, json.` */
export function notOneOf(what: string, given: string, words: readonly string[]): UsageError {
  const meant = nearest(given, words);
  const question = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return new UsageError(`${what}${inQuotes(given)} is not one of ${words.join(', ')}.${question}`);
}

/**
 * Checks what yargs accepts although it is wrong: yargs reads `--json=1` as `--no-json`, and `--no-fname` as the name
 * `false`.
 * @param own the words before `--`
 * @throws {UsageError}
 */
export function checkWords(own: readonly string[], after: readonly string[], command: Command | undefined): void {
  if (command !== undefined && command.after === undefined && command.positionals === undefined && after.length > 0) {
    throw new UsageError(
      withCommand(`${command.name} takes nothing after --. To run a command and count it:`, ['run', '--', ...after]),
    );
  }
  for (const word of own) {
    const [, typed = '', negation, name = '', value] = /^(--?(no-)?([^=]+))(?:=(.*))?$/s.exec(word) ?? [];
    const option = optionNamed(name, command);
    // yargs looks names up in objects, which have properties of their own.
    if (option === undefined && name in Object.prototype) throw new UsageError(noOption(name, command));
    if (option === undefined) continue;
    const isBoolean = negation === undefined && (value === 'true' || value === 'false');
    if (!option.takesValue && value !== undefined && !isBoolean) {
      throw new UsageError(`${typed} takes no value. Use --${option.name} or --no-${option.name}.`);
    }
    if (option.takesValue && negation !== undefined) {
      throw new UsageError(`There is no option ${typed}. --${option.name} needs a value: --${option.name}=VALUE`);
    }
  }
}

/**
 * The words with the values of short options set apart for yargs, which reads each letter of `-I500ms` as an option.
 * @param own the words before `--`
 */
export function splitShortValues(own: readonly string[], command: Command | undefined): string[] {
  return own.map((word) => {
    const [, letter = '', value = ''] = /^-([^-])([^=].*)$/s.exec(word) ?? [];
    return optionNamed(letter, command)?.takesValue === true ? `-${letter}=${value}` : word;
  });
}

/** A word of the command line in a message. */
const inQuotes = (word: string): string => `'${visible(word)}'`;

const dashed = (name: string): string => (name.length === 1 ? `-${name}` : `--${name}`);

const helpOf = (command: Command | undefined): string[] => [...(command ? [command.name] : []), '--help'];

function noCommand(word: string, correct: (meant: string) => string[], commands: readonly Command[]): string {
  const meant = nearest(
    word,
    commands.map(({ name }) => name),
  );
  const sentence = `There is no command ${inQuotes(word)}.`;
  return meant === undefined
    ? withCommand(`${sentence} To list the commands:`, ['--help'])
    : withCommand(`${sentence} Did you mean:`, correct(meant));
}

/** For a command line whose only words stand after `--`, as in `lkm-traffic --json -- npm ci`. */
export function noCommandBefore(
  own: readonly string[],
  after: readonly string[],
  commands: readonly Command[],
): string {
  const isOurs = commands.some(({ name }) => name === after[0]);
  const meant = isOurs ? [...after, ...own] : ['run', ...own, '--', ...after];
  return withCommand('There is no command before --. Did you mean:', meant);
}

function noOption(word: string, command: Command | undefined, correct?: (meant: string) => string[]): string {
  const of = command === undefined ? 'There is no option' : `${command.name} has no option`;
  const sentence = `${of} ${dashed(word)}.`;
  const meant = nearest(word, [...Object.keys(COMMON), ...Object.keys(command?.options ?? {})]);
  return meant === undefined || correct === undefined
    ? withCommand(`${sentence} To list the options:`, helpOf(command))
    : withCommand(`${sentence} Did you mean:`, correct(meant));
}

/** `fname=nginx` is how insmod takes parameters. */
function noArgument(word: string, command: Command, correct: (meant: string) => string[]): string {
  const { name, options } = command;
  const [, parameter = ''] = /^(\w+)=/.exec(word) ?? [];
  const option = parameter.replaceAll('_', '-');
  if (Object.hasOwn(options, option)) {
    return withCommand(
      `${name} takes options, which begin with --. Did you mean:`,
      correct(`--${option}${word.slice(parameter.length)}`),
    );
  }
  const sentence = `${name} takes no argument ${inQuotes(word)}.`;
  return 'fname' in options
    ? withCommand(`${sentence} To watch a program of that name:`, correct(`--fname=${word}`))
    : withCommand(`${sentence} To list what it takes:`, helpOf(command));
}

/** What yargs calls a word that it does not know. It reads each letter of `-xyz` as an option. */
function namesOf(word: string): string[] {
  const [, dashes, name = ''] = /^(--?)(?:no-)?([^=]+)/.exec(word) ?? [];
  return dashes === '-' ? [word, name, ...name.split('')] : [word, name];
}

/** A wrong value of an option that takes one of a few words. */
function wrongChoice(message: string, command: Command | undefined): string | undefined {
  const [, name = '', given = ''] = /^ *Argument: ([^,]+), Given: "(.*)", Choices: /ms.exec(message) ?? [];
  const positional = command?.positionals?.[name];
  const choices = positional?.options.choices?.map(String) ?? optionNamed(name, command)?.choices ?? [];
  if (name === '') return undefined;
  return notOneOf(positional === undefined ? `--${name} ` : '', given, choices).message;
}

/**
 * The message of yargs in the words of this program, with the fix. yargs names options without their dashes, and
 * suggests none.
 * @param own the words before `--`
 */
export function explain(
  message: string,
  own: readonly string[],
  after: readonly string[],
  commands: readonly Command[],
  command: Command | undefined,
): string {
  const missing = /^Not enough arguments following: (.*)$/m.exec(message)?.[1];
  if (missing !== undefined) return `${dashed(missing)} needs a value: ${dashed(missing)}=VALUE`;
  const [, one, other] = /^Arguments (\S+) and (\S+) are mutually exclusive$/m.exec(message) ?? [];
  if (one !== undefined && other !== undefined) return `${dashed(one)} and ${dashed(other)} cannot be combined.`;
  if (message.startsWith('Not enough non-option arguments') && command?.positionals !== undefined) {
    const wanted = Object.values(command.positionals).map(
      ({ usage, options }) => `${usage} (${options.describe ?? ''})`,
    );
    return `${command.name} needs ${wanted.join(' ')}.`;
  }
  const choice = wrongChoice(message, command);
  if (choice !== undefined) return choice;
  const list = /^Unknown (?:arguments?|commands?): (.*)$/s.exec(message)?.[1];
  if (list === undefined) return message;
  const isUnknown = (name: string): boolean => `, ${list}, `.includes(`, ${name === '' ? '""' : name}, `);

  // yargs names options before other words. The first word that is wrong is reported: those after it may be its value.
  for (const [index, word] of own.entries()) {
    const name = namesOf(word).find(isUnknown);
    if (name === undefined) continue;
    const correct = (typed: string, meant: string): string[] => [
      ...own.with(
        index,
        word.replace(typed, () => meant),
      ),
      ...(after.length > 0 ? ['--', ...after] : []),
    ];
    if (name !== word) {
      if (!word.startsWith('--')) return noOption(name.charAt(0), command);
      return noOption(name, command, (meant) => correct(name, meant));
    }
    if (command === undefined || index < own.indexOf(command.name)) {
      return noCommand(word, (meant) => correct(word, meant), commands);
    }
    if (command.after === undefined) return noArgument(word, command, (meant) => correct(word, meant));
    return withCommand(`${command.name} takes its command after --. Did you mean:`, [
      ...own.slice(0, index),
      '--',
      ...own.slice(index),
      ...(after.length > 0 ? ['--', ...after] : []),
    ]);
  }
  return noOption(list, command);
}
