// SPDX-License-Identifier: MIT
import { NAME_MAX, PID_MAX } from '../../module/parameters';
import type { Arguments } from './command';
import { UsageError } from './usage-error';

function values(args: Arguments, name: string): string[] {
  const value = args[name];
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** The value of an option that can be given once. */
export function text(args: Arguments, name: string): string | undefined {
  const [value, second] = values(args, name);
  if (second !== undefined) throw new UsageError(`--${name} is given twice.`);
  if (value === '') throw new UsageError(`--${name} is empty.`);
  return value;
}

/** The value of an option that is one of a few words; yargs has checked which. */
export function choice<T extends string>(args: Arguments, name: string, words: readonly T[]): T | undefined {
  const value = text(args, name);
  return words.find((word) => word === value);
}

export function flag(args: Arguments, name: string): boolean | undefined {
  const value = args[name];
  if (Array.isArray(value)) throw new UsageError(`--${name} is given twice.`);
  return typeof value === 'boolean' ? value : undefined;
}

/** Words of an option that may be given several times, and hold several, split at commas as the module's own are. */
export function list(args: Arguments, name: string): string[] {
  return values(args, name).flatMap((value) => value.split(','));
}

export function words(args: Arguments, name: string): string[] {
  return values(args, name);
}

export function wholeNumber(value: string, name: string, min: number, max: number): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max) {
    throw new UsageError(`--${name} is '${value}'; it is a whole number from ${min} to ${max}.`);
  }
  return number;
}

/** The whole number that is an option's value, of at least `min`. */
export function numberOf(args: Arguments, name: string, min: number): number | undefined {
  const value = text(args, name);
  return value === undefined ? undefined : wholeNumber(value, name, min, Number.MAX_SAFE_INTEGER);
}

export function pids(args: Arguments): number[] {
  return list(args, 'pid').map((value) => wholeNumber(value, 'pid', 1, PID_MAX));
}

/** Names of programs, refused here as usage where the API would refuse them as arguments. */
export function programNames(args: Arguments): string[] {
  const names = list(args, 'fname');
  for (const name of names) {
    if (name === '') {
      throw new UsageError('--fname has an empty name: give the name of an executable file, as in --fname=server.out');
    }
    const bytes = Buffer.byteLength(name.slice(name.lastIndexOf('/') + 1));
    if (bytes > NAME_MAX) {
      throw new UsageError(
        `--fname has a name of ${bytes} bytes; a file's name has at most ${NAME_MAX}. * stands for the rest of a long name.`,
      );
    }
  }
  return names;
}

/** Milliseconds of an option in seconds: `2`, `0.5`, `2s`, `500ms`. */
export function duration(args: Arguments, name: string): number | undefined {
  const value = text(args, name);
  if (value === undefined) return undefined;
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s)?$/.exec(value) ?? [];
  const milliseconds = Number(number) * (unit === 'ms' ? 1 : 1000);
  if (!(milliseconds >= 1 && milliseconds <= 0x7fffffff)) {
    throw new UsageError(`--${name} is '${value}'; it is seconds, as 2 or 0.5, or as 500ms.`);
  }
  return milliseconds;
}
