// SPDX-License-Identifier: MIT
import { FAMILIES, NAME_MAX, PID_MAX } from '../../module/parameters';
import type { Arguments } from './command';
import { notOneOf, UsageError } from './mistake';

function values(args: Arguments, name: string): string[] {
  const value = args[name];
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** The value of an option that can be given once. */
export function text(args: Arguments, name: string): string | undefined {
  const [value, second] = values(args, name);
  if (second !== undefined) throw new UsageError(`--${name} can be given only once.`);
  if (value === '') throw new UsageError(`--${name} is empty. It needs a value: --${name}=VALUE`);
  return value;
}

/** The value of an option that takes one of a few words. yargs has checked that it is one of them. */
export function choice<T extends string>(args: Arguments, name: string, words: readonly T[]): T | undefined {
  const value = text(args, name);
  return words.find((word) => word === value);
}

export function flag(args: Arguments, name: string): boolean | undefined {
  const value = args[name];
  if (Array.isArray(value)) throw new UsageError(`--${name} can be given only once.`);
  return typeof value === 'boolean' ? value : undefined;
}

/** The values of an option that may be given several times, each split at commas. */
export function list(args: Arguments, name: string): string[] {
  return values(args, name).flatMap((value) => value.split(','));
}

/** A list of which each element is one of a few words. */
export function choices<T extends string>(args: Arguments, name: string, words: readonly T[]): T[] {
  return list(args, name).map((given) => {
    const found = words.find((word) => word === given);
    if (found === undefined) throw notOneOf(`--${name} `, given, words);
    return found;
  });
}

/** The values of an option that may be given several times, not split. */
export function words(args: Arguments, name: string): string[] {
  return values(args, name);
}

export function wholeNumber(value: string, name: string, min: number, max: number): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max) {
    const range = max === Number.MAX_SAFE_INTEGER ? `, ${min} or more` : ` from ${min} to ${max}`;
    throw new UsageError(`Invalid --${name} '${value}'. Use a whole number${range}.`);
  }
  return number;
}

/** The whole number that is an option's value, at least `min`. */
export function numberOf(args: Arguments, name: string, min: number): number | undefined {
  const value = text(args, name);
  return value === undefined ? undefined : wholeNumber(value, name, min, Number.MAX_SAFE_INTEGER);
}

export function pids(args: Arguments): number[] {
  return list(args, 'pid').map((value) => wholeNumber(value, 'pid', 1, PID_MAX));
}

/** The address families that are asked for; undefined: the default. */
export function families(args: Arguments): string[] | undefined {
  const given = choices(args, 'families', FAMILIES);
  if (given.length === 0) return undefined;
  if (!given.includes('inet')) {
    throw new UsageError(`--families must include inet (IPv4 and IPv6): --families=inet,${given.join(',')}`);
  }
  return given;
}

/** Names of programs. The API would refuse these names too, but not as wrong usage. */
export function programNames(args: Arguments): string[] {
  const names = list(args, 'fname');
  for (const name of names) {
    if (name === '') {
      throw new UsageError(
        '--fname has an empty name. Give the name of an executable file, such as --fname=server.out',
      );
    }
    const bytes = Buffer.byteLength(name.slice(name.lastIndexOf('/') + 1));
    if (bytes > NAME_MAX) {
      throw new UsageError(
        `--fname has a name of ${bytes} bytes. File names have at most ${NAME_MAX} bytes. To shorten a name, end it with *.`,
      );
    }
  }
  return names;
}

/** The milliseconds of an option that is in seconds: `2`, `0.5`, `2s`, `500ms`. */
export function duration(args: Arguments, name: string): number | undefined {
  const value = text(args, name);
  if (value === undefined) return undefined;
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s)?$/.exec(value) ?? [];
  const milliseconds = Number(number) * (unit === 'ms' ? 1 : 1000);
  if (!(milliseconds >= 1 && milliseconds <= 0x7fffffff)) {
    throw new UsageError(`Invalid --${name} '${value}'. Use a number of seconds such as 2 or 0.5, or 500ms.`);
  }
  return milliseconds;
}
