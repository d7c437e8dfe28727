// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { systemCode, TrafficError } from '../model/errors';
import { EVENT_KINDS, type EventKind } from '../model/event';
import { readText } from '../util/read-text';
import type { Host } from './host';
import { lockdown } from './privilege';

/** Where the kernel's trace files are; null when they are not mounted, or not for us. */
export function findTracefs(host: Host): string | null {
  const places = ['kernel/tracing', 'kernel/debug/tracing'].map((place) => path.join(host.sys, place));
  return places.find((place) => fs.existsSync(path.join(place, 'instances'))) ?? null;
}

/** @throws {TrafficError} ERR_PERMISSION, ERR_SYSTEM */
export function requireTracefs(host: Host): string {
  const tracefs = findTracefs(host);
  if (tracefs !== null) return tracefs;
  const place = path.join(host.sys, 'kernel/tracing');
  try {
    fs.statSync(path.join(place, 'instances'));
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw tracefsError(error, host, place);
  }
  throw new TrafficError('ERR_SYSTEM', 'The trace file system of the kernel is not mounted.', {
    hint: `mount -t tracefs nodev ${place}`,
  });
}

/** What a failure to use the trace files means. */
export function tracefsError(error: unknown, host: Host, file: string): TrafficError {
  if (error instanceof TrafficError) return error;
  switch (systemCode(error)) {
    case 'EACCES':
    case 'EPERM': {
      const mode = lockdown(host);
      return mode === 'confidentiality'
        ? new TrafficError('ERR_LOCKDOWN', `The kernel is locked down (${mode}): nobody may trace.`, {
            hint: 'Turn Secure Boot off, or read the counters without events: lkm-traffic show',
            cause: error,
          })
        : new TrafficError('ERR_PERMISSION', `No permission to use ${file}.`, {
            hint: 'Run as root (sudo); in a container, on its host.',
            cause: error,
          });
    }
    default:
      return new TrafficError('ERR_SYSTEM', `Cannot use ${file}.`, { cause: error });
  }
}

/** A place where events are traced, and those of the module that are on there. */
export interface Tracing {
  readonly folder: string;
  /** Null: the kernel's own, which is no instance. */
  readonly instance: string | null;
  readonly events: readonly EventKind[];
}

export function instanceNames(tracefs: string): string[] {
  try {
    return fs.readdirSync(path.join(tracefs, 'instances'));
  } catch {
    return [];
  }
}

/** Who traces events of the module. Perf and BPF are not seen here: they hold the module instead. */
export function whoTraces(host: Host): Tracing[] {
  const tracefs = findTracefs(host);
  if (tracefs === null) return [];
  return [null, ...instanceNames(tracefs)]
    .map((instance) => {
      const folder = instance === null ? tracefs : path.join(tracefs, 'instances', instance);
      return { folder, instance, events: EVENT_KINDS.filter((event) => isOn(folder, event)) };
    })
    .filter(({ events }) => events.length > 0);
}

/** With a * behind it, it is on for a trigger. */
function isOn(folder: string, event: EventKind): boolean {
  const text = readText(path.join(folder, 'events/net_traffic', event, 'enable'))?.trim();
  return text !== undefined && text !== '0';
}
