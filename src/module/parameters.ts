// SPDX-License-Identifier: MIT
import { inspect } from 'node:util';
import { closest } from 'fastest-levenshtein';
import { TrafficError } from '../model/errors';

/** Longest file name that Linux has, in bytes. */
export const NAME_MAX = 255;
/** The largest PID that Linux gives. */
export const PID_MAX = 4_194_304;
/** A module's string parameter ends at 1024 bytes. */
const PARAMETER_MAX = 1000;
/** `pid=` holds that many. */
const PIDS_MAX = 64;
export const HISTORY_MAX = 1_048_576;
export const MAX_FLOWS_MAX = 65_536;

export const FAMILIES = ['inet', 'unix', 'packet', 'vsock'] as const;

/** How the module counts. */
export interface CountingOptions {
  /** Whether children of what matches are counted too. Default true. */
  follow?: boolean | undefined;
  /** Address families to count: `inet` (IPv4 and IPv6, always), and `unix`, `packet`, `vsock`. Default `['inet']`. */
  families?: readonly string[] | undefined;
}

export interface WatchOptions extends CountingOptions {
  /**
   * Programs to watch: the name of the executed file, or with a `/` its path; `*` and `?` as in a shell.
   * A script counts by its own name.
   */
  programs?: readonly string[] | undefined;
  /** PIDs of running processes, in the initial PID namespace; what they moved before is unknown. */
  pids?: readonly number[] | undefined;
}

export interface ModuleOptions extends WatchOptions {
  /** Logs every transfer to the kernel log. Costly. Default false. */
  logPackets?: boolean | undefined;
  /** How transfers are seen. Default: tracepoints where the kernel has all of them (6.5 and later). */
  engine?: 'tracepoint' | 'redirect' | undefined;
  /** How many ended processes are kept, 1 to 1048576. Default 1024. */
  history?: number | undefined;
  /** How many flows of a process are told apart, 0 to 65536; what exceeds them is summed. Default 1024. */
  maxFlows?: number | undefined;
  /** Path of a built `net_traffic.ko`; default: build it, or take what was built before. */
  ko?: string | undefined;
  /** Loads with nothing watched yet. */
  idle?: boolean | undefined;
}

function invalid(message: string, hint?: string): TrafficError {
  return new TrafficError('ERR_INVALID_ARGUMENT', message, { hint });
}

/**
 * To JavaScript a string is a list too, of its letters.
 * @throws {TrafficError} ERR_INVALID_ARGUMENT
 */
export function checkArray(name: string, value: unknown, type: 'string' | 'number', example: string): void {
  if (Array.isArray(value) && value.every((element) => typeof element === type)) return;
  throw invalid(`${name} is ${inspect(value)}; it is an array of ${type}s.`, `${name}: ${example}`);
}

/** What is wrong with a list of families; null when nothing is. */
export function wrongFamilies(families: readonly string[]): string | null {
  if (families.length === 0) return 'No address family is named.';
  const known: readonly string[] = FAMILIES;
  const unknown = families.find((family) => !known.includes(family));
  if (unknown !== undefined) {
    const [, ...others] = FAMILIES;
    return `The address family '${unknown}' is not known; ${closest(unknown, others)} may be meant. Known are ${FAMILIES.join(', ')}.`;
  }
  return families.includes('inet') ? null : `inet (IPv4 and IPv6) is always counted: inet,${families.join(',')}`;
}

/** @throws {TrafficError} ERR_INVALID_ARGUMENT */
export function checkWatchOptions({ programs = [], pids = [], families = ['inet'] }: WatchOptions): void {
  checkArray('programs', programs, 'string', "['server.out']");
  checkArray('pids', pids, 'number', '[1234]');
  checkArray('families', families, 'string', "['inet', 'unix']");
  for (const name of programs) {
    if (name === '') {
      throw invalid(
        'The name of a program is empty.',
        'Give the name of its executable file, as in --fname=server.out',
      );
    }
    const last = name.slice(name.lastIndexOf('/') + 1);
    if (Buffer.byteLength(last) > NAME_MAX) {
      throw invalid(
        `The name '${last.slice(0, 20)}…' has ${Buffer.byteLength(last)} bytes; a file's name has at most ${NAME_MAX}.`,
        'Give the name of the executable file itself; * and ? stand for the rest of a name.',
      );
    }
    if (name.includes('\0') || name.includes('\n')) {
      throw invalid(`The name ${JSON.stringify(name)} holds a line feed or a NUL.`, 'Write ? for it.');
    }
  }
  for (const pid of pids) {
    if (!Number.isInteger(pid) || pid < 1 || pid > PID_MAX) throw invalid(`${pid} is not a PID: 1 to ${PID_MAX}.`);
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
      'Nothing to monitor: no program and no PID is named.',
      'Name a program, as in --fname=server.out, or a process, as in --pid 1234',
    );
  }
  if (engine !== undefined && !['tracepoint', 'redirect'].includes(engine)) {
    throw invalid(`The engine '${engine}' is not known.`, 'tracepoint or redirect');
  }
  if (history !== undefined && (!Number.isInteger(history) || history < 1 || history > HISTORY_MAX)) {
    throw invalid(`history is ${history}; it is a whole number from 1 to ${HISTORY_MAX}.`);
  }
  if (maxFlows !== undefined && (!Number.isInteger(maxFlows) || maxFlows < 0 || maxFlows > MAX_FLOWS_MAX)) {
    throw invalid(`maxFlows is ${maxFlows}; it is a whole number from 0 to ${MAX_FLOWS_MAX}.`);
  }
}

/**
 * Whether names can be given as `fname=`: it is split at commas, and the kernel's parser of parameters takes a
 * quotation mark for its own. Others are watched through `control`.
 */
function namesFit(programs: readonly string[]): boolean {
  return !programs.some((name) => /[,"]/.test(name)) && Buffer.byteLength(programs.join(',')) <= PARAMETER_MAX;
}

function assignment(name: string, value: string): string {
  // Plain ASCII goes bare; anything else in quotes: to the kernel even some bytes of UTF-8 are white space.
  return /^[\w./*?+@%:=,~-]+$/.test(value) ? `${name}=${value}` : `${name}="${value}"`;
}

const bool = (value: boolean): string => (value ? '1' : '0');

/** The parameters that were asked for, by the module's own names; what was not asked for is left to its defaults. */
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
  /** By name. */
  readonly values: ReadonlyMap<string, string>;
  /** For finit_module(2). */
  readonly text: string;
  /** What the text cannot say, to be watched once the module is loaded. */
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
 * Whether a module that was loaded just now runs with these. Of two loads of one file at the same time the kernel
 * (since 6.5) makes one, and answers both with success.
 */
export const areInForce = ({ values }: ModuleParameters, inForce: Readonly<Record<string, string>>): boolean =>
  [...values].every(([name, value]) => sameValue(value, inForce[name] ?? ''));

/**
 * What was asked for and cannot be had, because the loaded module runs with another value.
 * @throws {TrafficError} ERR_CONFLICT that names both values
 */
export function checkConflicts(options: ModuleOptions, inForce: Readonly<Record<string, string>>): void {
  const conflicts = [...countingParameters(options)].flatMap(([name, wanted]) => {
    const value = inForce[name];
    return value === undefined || sameValue(wanted, value) ? [] : [{ name, wanted, value }];
  });
  if (conflicts.length === 0) return;
  throw new TrafficError(
    'ERR_CONFLICT',
    `The module is loaded already with other parameters: ${conflicts
      .map(({ name, value, wanted }) => `${name} is ${value}, not ${wanted}`)
      .join('; ')}.`,
    {
      hint: `Ask for ${conflicts.map(({ name, value }) => `${name} ${value}`).join(' and ')}, or lkm-traffic unload first.`,
    },
  );
}
