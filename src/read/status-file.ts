// SPDX-License-Identifier: MIT
import type { HookState, ModuleState, ModuleStatus } from '../model/api-results';
import { malformed, parseTable } from './proc-table';

const HOOK_PREFIX = 'hook.';
const HOOK_STATES: readonly HookState[] = ['attached', 'detached', 'absent'];
const MODULE_STATES: readonly ModuleState[] = ['counting', 'stopping', 'stopped'];
const TRUE = ['1', 'Y', 'y'];

/** Parses `/proc/net_traffic/status`: each row is a key and its value. */
export function parseStatus(text: string, file = '/proc/net_traffic/status'): ModuleStatus {
  const values = new Map(parseTable(text, file).map((row) => [row.text('key'), row.text('value')]));

  const word = (key: string): string => {
    const value = values.get(key);
    if (value === undefined) throw malformed(file, `the key ${key} is missing`);
    return value;
  };
  const count = (key: string): bigint => {
    const value = word(key);
    if (!/^\d+$/.test(value)) throw malformed(file, `${key} is '${value}', not a number`);
    return BigInt(value);
  };
  const oneOf = <T extends string>(key: string, allowed: readonly T[]): T => {
    const value = word(key);
    const found = allowed.find((item) => item === value);
    if (found === undefined) throw malformed(file, `${key} is '${value}', not one of ${allowed.join(', ')}`);
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
