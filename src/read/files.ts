// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { TrafficError, systemCode, type TrafficErrorDetails } from '../model/errors';
import type { ModuleStatus } from '../model/api-results';
import type { Process, ProcessFlows, Program } from '../model/types';
import type { Host } from '../system/host';
import { countersReader, parseCounters } from './counters-file';
import { parseFlows } from './flows-file';
import { parsePrograms } from './programs-file';
import { parseStatus } from './status-file';

export const MODULE = 'net_traffic';

/** The hint for a loaded module that must be replaced. */
export const RELOAD = 'To load the module again: lkm-traffic unload; lkm-traffic load --fname=NAME';

export function trafficFile(host: Host, name: string): string {
  return path.join(host.proc, MODULE, name);
}

/**
 * Identifies the load of the module that is in the kernel now: sysfs gives each load a new inode number. Null if the
 * module is not loaded.
 */
export function loadedInstance(host: Host): bigint | null {
  try {
    return fs.statSync(path.join(host.sys, 'module', MODULE), { bigint: true }).ino;
  } catch {
    return null;
  }
}

const LOAD = 'To load it: lkm-traffic load --fname=NAME';

export function notLoadedError(details: TrafficErrorDetails = { hint: LOAD }): TrafficError {
  return new TrafficError('ERR_NOT_LOADED', 'The net_traffic module is not loaded.', details);
}

/** The error to report if a file of the module cannot be opened or read. */
export function readError(error: unknown, host: Host, file: string): TrafficError {
  if (error instanceof TrafficError) return error;
  switch (systemCode(error)) {
    case 'ENOENT':
      return loadedInstance(host) === null
        ? notLoadedError({ hint: LOAD, cause: error })
        : new TrafficError('ERR_ABI', `A module net_traffic is loaded, but ${file} does not exist.`, {
            hint: 'It is another module of this name. To replace it: rmmod net_traffic; lkm-traffic load --fname=NAME',
            cause: error,
          });
    case 'EPERM':
    case 'EACCES':
      return new TrafficError('ERR_PERMISSION', `No permission to open ${file}: that requires CAP_NET_ADMIN.`, {
        hint: 'Run as root: sudo lkm-traffic … Inside a container, run it on the host instead.',
        cause: error,
      });
    default:
      return new TrafficError('ERR_SYSTEM', `Cannot read ${file}.`, { cause: error });
  }
}

async function read<T>(host: Host, name: string, parse: (text: string, file: string) => T): Promise<T> {
  const file = trafficFile(host, name);
  let content: Buffer;
  try {
    content = await host.native().read(file);
  } catch (error) {
    throw readError(error, host, file);
  }
  return parse(content.toString('utf8'), file);
}

export function readCounters(host: Host): Promise<Process[]> {
  return read(host, 'counters', parseCounters);
}

/** Like `readCounters`, for repeated reads: rows that have not changed since the last read are not parsed again. */
export function countersOf(host: Host): () => Promise<Process[]> {
  const reader = countersReader();
  return () => read(host, 'counters', (text, file) => reader.read(text, file));
}

export function readFlows(host: Host): Promise<ProcessFlows[]> {
  return read(host, 'flows', parseFlows);
}

export function readPrograms(host: Host): Promise<Program[]> {
  return read(host, 'programs', parsePrograms);
}

export function readStatus(host: Host): Promise<ModuleStatus> {
  return read(host, 'status', parseStatus);
}

/** The parameters in effect, by name, as sysfs shows them; empty if the module is not loaded. */
export function readParameters(host: Host): Record<string, string> {
  const folder = path.join(host.sys, 'module', MODULE, 'parameters');
  let names: string[];
  try {
    names = fs.readdirSync(folder).sort();
  } catch {
    return {};
  }
  return Object.fromEntries(
    names.map((name) => [name, fs.readFileSync(path.join(folder, name), 'utf8').replace(/\n$/, '')]),
  );
}
