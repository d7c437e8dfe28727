// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { TrafficError, systemCode } from '../model/errors';
import type { Process, ProcessFlows, Program } from '../model/types';
import type { Host } from '../system/host';
import { countersReader, parseCounters } from './counters-file';
import { parseFlows } from './flows-file';
import { parsePrograms } from './programs-file';
import { parseStatus, type ModuleStatus } from './status-file';

export const MODULE = 'net_traffic';

export function trafficFile(host: Host, name: string): string {
  return path.join(host.proc, MODULE, name);
}

/**
 * Whether the module is in the kernel, and which load of it: sysfs gives every load a new inode.
 * Null when it is absent.
 */
export function loadedInstance(host: Host): bigint | null {
  try {
    return fs.statSync(path.join(host.sys, 'module', MODULE), { bigint: true }).ino;
  } catch {
    return null;
  }
}

export function notLoadedError(cause?: unknown): TrafficError {
  return new TrafficError('ERR_NOT_LOADED', 'The net_traffic module is not loaded.', {
    hint: 'lkm-traffic load --fname=NAME',
    cause,
  });
}

/** What a failure to open or read a file of the module means. */
export function readError(error: unknown, host: Host, file: string): TrafficError {
  if (error instanceof TrafficError) return error;
  switch (systemCode(error)) {
    case 'ENOENT':
      return loadedInstance(host) === null
        ? notLoadedError(error)
        : new TrafficError('ERR_ABI', `A module net_traffic is loaded, but there is no ${file}.`, {
            hint: 'It is not the module of this package: rmmod net_traffic, then lkm-traffic load --fname=NAME',
            cause: error,
          });
    case 'EPERM':
    case 'EACCES':
      return new TrafficError('ERR_PERMISSION', `No permission to open ${file}: it needs CAP_NET_ADMIN.`, {
        hint: 'Run as root (sudo); in a container, on its host.',
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

/** The same, by somebody who asks again and again: a process that moved nothing since costs next to nothing. */
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

/** The parameters in force, by name, as sysfs shows them; empty when the module is absent. */
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
