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
    describe: 'format of the result; events has no prom (default: table)',
  },
  json: { type: 'boolean', describe: 'same as --format json', conflicts: 'format' },
  color: { type: 'boolean', describe: 'use colours; to turn them off: --no-color or NO_COLOR' },
  iec: { type: 'boolean', describe: 'print rounded amounts in KiB and MiB instead of kB and MB' },
  bits: { type: 'boolean', describe: 'print bits instead of bytes' },
} as const satisfies Readonly<Record<string, Options>>;

/** An option, for completion and the manual page. */
export interface DescribedOption {
  /** Without dashes: `log-packets`. */
  readonly name: string;
  /** One letter. */
  readonly short: string | null;
  readonly describe: string;
  readonly takesValue: boolean;
  /** The words that its value can be; empty: any value. */
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
    describe: 'show this help',
  },
  { name: 'version', short: null, takesValue: false, choices: [], describe: 'print the version' },
];
