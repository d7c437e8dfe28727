// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { systemCode, TrafficError } from '../model/errors';
import { EVENT_KINDS, type EventKind } from '../model/event';
import { readText } from '../util/read-text';
import type { Host } from './host';
import { lockdown } from './privilege';

/** The folder of the kernel's trace files; null if tracefs is not mounted, or not accessible. */
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
  throw new TrafficError('ERR_SYSTEM', "The kernel's tracefs is not mounted.", {
    hint: `To mount it: mount -t tracefs nodev ${place}`,
  });
}

/** The error to report if a trace file cannot be used. */
export function tracefsError(error: unknown, host: Host, file: string): TrafficError {
  if (error instanceof TrafficError) return error;
  switch (systemCode(error)) {
    case 'EACCES':
    case 'EPERM': {
      const mode = lockdown(host);
      return mode === 'confidentiality'
        ? new TrafficError('ERR_LOCKDOWN', `The kernel is locked down (${mode}) and forbids tracing.`, {
            hint: 'Turn Secure Boot off, or read the counters instead of the events: lkm-traffic show',
            cause: error,
          })
        : new TrafficError('ERR_PERMISSION', `No permission to use ${file}.`, {
            hint: 'Run as root: sudo lkm-traffic … Inside a container, run it on the host instead.',
            cause: error,
          });
    }
    default:
      return new TrafficError('ERR_SYSTEM', `Cannot use ${file}.`, { cause: error });
  }
}

/** A trace in which events of the module are enabled. */
export interface Tracing {
  readonly folder: string;
  /** Name of the trace instance; null for the kernel's main trace. */
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

/** The traces in which events of the module are enabled. Perf and BPF are not among them; they hold a reference instead. */
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

/** The file contains `0` or `1`; a `*` is appended if a trigger uses the event. */
function isOn(folder: string, event: EventKind): boolean {
  const text = readText(path.join(folder, 'events/net_traffic', event, 'enable'))?.trim();
  return text !== undefined && text !== '0';
}
