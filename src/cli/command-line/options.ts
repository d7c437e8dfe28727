// SPDX-License-Identifier: MIT
import type { Options } from 'yargs';
import { FORMATS } from '../format/report';
import type { Command } from './command';

/** Options of every command. */
export const COMMON = {
  format: {
    type: 'string',
    requiresArg: true,
    choices: FORMATS,
    describe: 'how the result is printed (default: table); events have no prom',
  },
  json: { type: 'boolean', describe: 'the same as --format json', conflicts: 'format' },
  color: { type: 'boolean', describe: 'colours; --no-color or NO_COLOR turns them off' },
  iec: { type: 'boolean', describe: 'KiB and MiB (1024) after exact amounts, not kB and MB' },
  bits: { type: 'boolean', describe: 'bits, not bytes' },
} as const satisfies Readonly<Record<string, Options>>;

/** An option as texts about it need it: completion, the manual. */
export interface DescribedOption {
  /** Without dashes: `log-packets`. */
  readonly name: string;
  /** One letter. */
  readonly short: string | null;
  readonly describe: string;
  readonly takesValue: boolean;
  /** Words that it may have as its value; empty: any. */
  readonly choices: readonly string[];
}

export function describeOptions(options: Command['options']): DescribedOption[] {
  return Object.entries(options).map(([name, { alias, describe = '', type, choices = [] }]) => ({
    name,
    short: typeof alias === 'string' && alias.length === 1 ? alias : null,
    describe,
    takesValue: type !== 'boolean',
    choices: choices.map(String),
  }));
}

export const COMMON_OPTIONS: readonly DescribedOption[] = [
  ...describeOptions(COMMON),
  {
    ...{ name: 'help', short: 'h', takesValue: false, choices: [] },
    describe: 'what a command does, and its options',
  },
  { name: 'version', short: null, takesValue: false, choices: [], describe: 'the version' },
];
