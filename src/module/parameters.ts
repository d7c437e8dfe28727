// SPDX-License-Identifier: MIT
import { inspect } from 'node:util';
import { closest } from 'fastest-levenshtein';
import { TrafficError } from '../model/errors';
import type { ModuleOptions, WatchOptions } from '../model/api-options';

/** Length of the longest file name on Linux, in bytes. */
export const NAME_MAX = 255;
/** The largest PID on Linux. */
export const PID_MAX = 4_194_304;
/** Limit for the parameter `fname`, in bytes. The kernel cuts a string parameter off at 1024 bytes. */
const PARAMETER_MAX = 1000;
/** Number of PIDs that the parameter `pid` holds. */
const PIDS_MAX = 64;
export const HISTORY_MAX = 1_048_576;
export const MAX_FLOWS_MAX = 65_536;

export const FAMILIES = ['inet', 'unix', 'packet', 'vsock'] as const;

function invalid(message: string, hint?: string): TrafficError {
  return new TrafficError('ERR_INVALID_ARGUMENT', message, { hint });
}

/**
 * Checks that an option is an array. JavaScript can iterate over a string too, letter by letter.
 *
 * @throws {TrafficError} ERR_INVALID_ARGUMENT
 */
export function checkArray(name: string, value: unknown, type: 'string' | 'number', example: string): void {
  if (Array.isArray(value) && value.every((element) => typeof element === type)) return;
  throw invalid(`${name} is ${inspect(value)}, but must be an array of ${type}s.`, `Example: ${name}: ${example}`);
}

/** What is wrong with a list of address families; null if it is valid. */
export function wrongFamilies(families: readonly string[]): string | null {
  if (families.length === 0) return 'The list of address families is empty. It must include inet.';
  const known: readonly string[] = FAMILIES;
  const unknown = families.find((family) => !known.includes(family));
  if (unknown !== undefined) {
    const [, ...others] = FAMILIES;
    return `'${unknown}' is not an address family. Did you mean ${closest(unknown, others)}? The families are ${FAMILIES.join(', ')}.`;
  }
  return families.includes('inet') ? null : `The address families must include inet: inet,${families.join(',')}`;
}

/** What is wrong with the name of a program; null if it is valid. */
export function wrongName(name: string): string | null {
  if (name === '') return 'The name of a program is empty. Use the name of its executable file, such as server.out.';
  if (name.includes('\0') || name.includes('\n')) {
    return `The name ${JSON.stringify(name)} contains a line feed or a NUL. Write ? in its place.`;
  }
  const bytes = Buffer.byteLength(name.slice(name.lastIndexOf('/') + 1));
  return bytes > NAME_MAX
    ? `The name of a program has ${bytes} bytes. A file name has at most ${NAME_MAX} bytes; * matches the rest of a name.`
    : null;
}

/** @throws {TrafficError} ERR_INVALID_ARGUMENT */
export function checkWatchOptions({ programs = [], pids = [], families = ['inet'] }: WatchOptions): void {
  checkArray('programs', programs, 'string', "['server.out']");
  checkArray('pids', pids, 'number', '[1234]');
  checkArray('families', families, 'string', "['inet', 'unix']");
  for (const name of programs) {
    const wrong = wrongName(name);
    if (wrong !== null) throw invalid(wrong);
  }
  for (const pid of pids) {
    if (!Number.isInteger(pid) || pid < 1 || pid > PID_MAX)
      throw invalid(`${pid} is not a PID. A PID is a whole number from 1 to ${PID_MAX}.`);
  }
  const wrong = wrongFamilies(families);
  if (wrong !== null) throw invalid(wrong);
}

/** @throws {TrafficError} ERR_INVALID_ARGUMENT */
export function checkModuleOptions(options: ModuleOptions): void {
  checkWatchOptions(options);
  const { programs = [], pids = [], idle = false, engine, history, maxFlows } = options;
  if (programs.length === 0 && pids.length === 0 && !idle) {
    throw invalid(
      'Nothing to count: programs and pids are empty.',
      "Name a program, such as programs: ['server.out'], or a process, such as pids: [1234].",
    );
  }
  if (engine !== undefined && !['tracepoint', 'redirect'].includes(engine)) {
    throw invalid(`'${engine}' is not an engine. The engines are tracepoint and redirect.`);
  }
  if (history !== undefined && (!Number.isInteger(history) || history < 1 || history > HISTORY_MAX)) {
    throw invalid(`history is ${history}, but must be a whole number from 1 to ${HISTORY_MAX}.`);
  }
  if (maxFlows !== undefined && (!Number.isInteger(maxFlows) || maxFlows < 0 || maxFlows > MAX_FLOWS_MAX)) {
    throw invalid(`maxFlows is ${maxFlows}, but must be a whole number from 0 to ${MAX_FLOWS_MAX}.`);
  }
}

/**
 * Whether the names can be passed as the parameter `fname`. The module splits it at commas, and the kernel's parser
 * removes quotation marks. Other names are watched through `control`.
 */
function namesFit(programs: readonly string[]): boolean {
  return !programs.some((name) => /[,"]/.test(name)) && Buffer.byteLength(programs.join(',')) <= PARAMETER_MAX;
}

function assignment(name: string, value: string): string {
  // Plain ASCII needs no quotes. The kernel treats even some bytes of UTF-8 as white space.
  return /^[\w./*?+@%:=,~-]+$/.test(value) ? `${name}=${value}` : `${name}="${value}"`;
}

const bool = (value: boolean): string => (value ? '1' : '0');

/** The parameters to set, by their names in the module. Options that are undefined are left to the module's defaults. */
export function countingParameters(options: ModuleOptions): Map<string, string> {
  const { follow, families, engine, logPackets, history, maxFlows } = options;
  const parameters = new Map<string, string>();
  if (engine !== undefined) parameters.set('engine', engine);
  if (follow !== undefined) parameters.set('follow', bool(follow));
  if (families !== undefined) parameters.set('families', families.join(','));
  if (logPackets !== undefined) parameters.set('log_packets', bool(logPackets));
  if (history !== undefined) parameters.set('history', String(history));
  if (maxFlows !== undefined) parameters.set('max_flows', String(maxFlows));
  return parameters;
}

export interface ModuleParameters {
  /** The parameters by name. */
  readonly values: ReadonlyMap<string, string>;
  /** The parameters as one line for finit_module(2). */
  readonly text: string;
  /** Programs and PIDs that the parameters cannot hold. They are to be watched after the load. */
  readonly rest: { readonly programs: readonly string[]; readonly pids: readonly number[] };
}

export function moduleParameters(options: ModuleOptions): ModuleParameters {
  const programs = [...new Set(options.programs)];
  const pids = [...new Set(options.pids)];
  const parameters = countingParameters(options);
  const asName = programs.length > 0 && namesFit(programs);
  const asPid = pids.length > 0 && pids.length <= PIDS_MAX;
  if (asName) parameters.set('fname', programs.join(','));
  if (asPid) parameters.set('pid', pids.join(','));
  if (!asName && !asPid) parameters.set('idle', '1');
  return {
    values: parameters,
    text: [...parameters].map(([name, value]) => assignment(name, value)).join(' '),
    rest: { programs: asName ? [] : programs, pids: asPid ? [] : pids },
  };
}

const sameValue = (wanted: string, inForce: string): boolean => {
  const plain = (value: string): string => ({ Y: '1', N: '0' })[value] ?? value;
  return plain(wanted) === plain(inForce);
};

/**
 * Whether the module runs with these parameters. If two processes load the same file at the same time, the kernel (since
 * 6.5) loads it once and reports success to both.
 */
export const areInForce = ({ values }: ModuleParameters, inForce: Readonly<Record<string, string>>): boolean =>
  [...values].every(([name, value]) => sameValue(value, inForce[name] ?? ''));

/**
 * Checks that the loaded module runs with the parameters that the options ask for.
 *
 * @throws {TrafficError} ERR_CONFLICT, which names both values
 */
export function checkConflicts(options: ModuleOptions, inForce: Readonly<Record<string, string>>): void {
  const conflicts = [...countingParameters(options)].flatMap(([name, wanted]) => {
    const value = inForce[name];
    return value === undefined || sameValue(wanted, value) ? [] : [{ name, wanted, value }];
  });
  if (conflicts.length === 0) return;
  throw new TrafficError(
    'ERR_CONFLICT',
    `The module is loaded with other parameters: ${conflicts
      .map(({ name, value, wanted }) => `${name} is ${value}, not ${wanted}`)
      .join('; ')}.`,
    {
      hint: `Ask for ${conflicts.map(({ name, value }) => `${name} ${value}`).join(' and ')}, or unload the module first: lkm-traffic unload`,
    },
  );
}
