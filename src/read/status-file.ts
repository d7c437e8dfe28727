// SPDX-License-Identifier: MIT
import { TrafficError } from '../model/errors';
import { parseTable } from './proc-table';

/** `absent`: the kernel does not have it, or the engine does not need it. */
export type HookState = 'attached' | 'detached' | 'absent';

export interface Hook {
  readonly name: string;
  readonly state: HookState;
}

/** `stopped`: hooks are off and the totals final; only unloading is left. */
export type ModuleState = 'counting' | 'stopping' | 'stopped';

/** What the module says of itself. Source: `/proc/net_traffic/status`. */
export interface ModuleStatus {
  readonly version: string;
  readonly abi: number;
  readonly engine: string;
  readonly families: readonly string[];
  readonly state: ModuleState;
  readonly logPackets: boolean;
  /** How many ended processes are kept. */
  readonly history: number;
  readonly follow: boolean;
  /** Flows that are kept now, and how many there may be of a process. */
  readonly flows: number;
  readonly maxFlows: number;
  readonly recordsRunning: bigint;
  readonly recordsEnded: bigint;
  readonly evicted: bigint;
  /** Allocations that failed; the processes concerned are lower bounds. */
  readonly allocationsFailed: bigint;
  /** Redirected calls that are under way. */
  readonly inFlight: bigint;
  readonly sessions: number;
  readonly sessionsMax: number;
  readonly watches: number;
  readonly watchesMax: number;
  readonly hooks: readonly Hook[];
}

const HOOK_PREFIX = 'hook.';
const HOOK_STATES: readonly HookState[] = ['attached', 'detached', 'absent'];
const MODULE_STATES: readonly ModuleState[] = ['counting', 'stopping', 'stopped'];
const TRUE = ['1', 'Y', 'y'];

/** The text of `/proc/net_traffic/status`: a key and its value a row. */
export function parseStatus(text: string, file = '/proc/net_traffic/status'): ModuleStatus {
  const values = new Map(parseTable(text, file).map((row) => [row.text('key'), row.text('value')]));

  const word = (key: string): string => {
    const value = values.get(key);
    if (value === undefined) throw unreadable(file, `it does not tell ${key}`);
    return value;
  };
  const count = (key: string): bigint => {
    const value = word(key);
    if (!/^\d+$/.test(value)) throw unreadable(file, `${key} is '${value}', not a number`);
    return BigInt(value);
  };
  const oneOf = <T extends string>(key: string, allowed: readonly T[]): T => {
    const value = word(key);
    const found = allowed.find((item) => item === value);
    if (found === undefined) throw unreadable(file, `${key} is '${value}', not one of ${allowed.join(', ')}`);
    return found;
  };

  return {
    version: word('version'),
    abi: Number(count('abi')),
    engine: word('engine'),
    families: word('families').split(','),
    state: oneOf('state', MODULE_STATES),
    logPackets: TRUE.includes(word('log_packets')),
    history: Number(count('history')),
    follow: TRUE.includes(word('follow')),
    flows: Number(count('flows')),
    maxFlows: Number(count('max_flows')),
    recordsRunning: count('records_running'),
    recordsEnded: count('records_ended'),
    evicted: count('evicted'),
    allocationsFailed: count('alloc_failed'),
    inFlight: count('in_flight'),
    sessions: Number(count('sessions')),
    sessionsMax: Number(count('sessions_max')),
    watches: Number(count('watches')),
    watchesMax: Number(count('watches_max')),
    hooks: [...values.keys()]
      .filter((key) => key.startsWith(HOOK_PREFIX))
      .map((key) => ({ name: key.slice(HOOK_PREFIX.length), state: oneOf(key, HOOK_STATES) })),
  };
}

function unreadable(file: string, what: string): TrafficError {
  return new TrafficError('ERR_ABI', `${file} cannot be read: ${what}.`, {
    hint: 'The loaded module and this package do not belong together: lkm-traffic unload, then load it again.',
  });
}
