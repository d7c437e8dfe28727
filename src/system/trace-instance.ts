// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { systemCode, TrafficError } from '../model/errors';
import type { EventKind } from '../model/event';
import type { Host } from './host';
import { instanceNames, requireTracefs, tracefsError } from './tracefs';

const NAME = /^lkm-traffic-(\d+)(?:-\d+)?$/;

/** A new instance begins with the options of the kernel's own, which may be anybody's. Not every kernel has them all. */
const OPTIONS = [
  ...['context-info', 'record-cmd', 'overwrite', 'irq-info'],
  ...['raw', 'hex', 'bin', 'fields', 'verbose', 'latency-format', 'annotate', 'record-tgid'].map((name) => `no${name}`),
  ...['stacktrace', 'userstacktrace'].map((name) => `no${name}`),
];

/** A trace of our own: nobody else reads it, and what others trace is not disturbed by it. */
export class Instance {
  readonly folder: string;
  readonly #onExit = (): void => {
    this.remove();
  };

  constructor(folder: string) {
    this.folder = folder;
    process.once('exit', this.#onExit);
  }

  /** @throws {TrafficError} */
  write(host: Host, file: string, text: string): void {
    const full = path.join(this.folder, file);
    try {
      fs.writeFileSync(full, text);
    } catch (error) {
      throw tracefsError(error, host, full);
    }
  }

  /** All events of it are off afterwards. It must not be open. */
  remove(): void {
    process.removeListener('exit', this.#onExit);
    tryRemove(this.folder);
  }
}

function tryRemove(folder: string): void {
  try {
    fs.rmdirSync(folder);
  } catch {
    // Another process reads it, or has been quicker.
  }
}

/** Instances of processes that were killed. The kernel keeps those that are still being read. */
export function removeStale(host: Host, tracefs: string): void {
  for (const name of instanceNames(tracefs)) {
    const pid = NAME.exec(name)?.[1];
    if (pid !== undefined && !fs.existsSync(path.join(host.proc, pid))) {
      tryRemove(path.join(tracefs, 'instances', name));
    }
  }
}

/** Another one of this process has a number behind it. */
function make(host: Host, tracefs: string): string {
  for (let n = 1; ; n += 1) {
    const folder = path.join(tracefs, 'instances', `lkm-traffic-${process.pid}${n === 1 ? '' : `-${n}`}`);
    try {
      fs.mkdirSync(folder);
      return folder;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw tracefsError(error, host, folder);
    }
  }
}

export interface InstanceOptions {
  /** With the filter of each; empty: all. */
  readonly events: readonly { readonly kind: EventKind; readonly filter: string }[];
}

/**
 * Made, set up, and not yet on.
 * @throws {TrafficError} ERR_PERMISSION, ERR_LOCKDOWN, ERR_ABI, ERR_SYSTEM
 */
export function createInstance(host: Host, { events }: InstanceOptions): Instance {
  const tracefs = requireTracefs(host);
  if (!fs.existsSync(path.join(tracefs, 'events/net_traffic'))) {
    throw new TrafficError('ERR_ABI', 'The loaded module has no trace events.', {
      hint: 'It is of an older version, or was loaded by force: lkm-traffic unload, then load it again.',
    });
  }
  removeStale(host, tracefs);
  const instance = new Instance(make(host, tracefs));
  try {
    for (const option of OPTIONS) tryOption(instance, option);
    // The one that Node has too.
    instance.write(host, 'trace_clock', 'mono');
    for (const { kind, filter } of events) {
      if (filter !== '') instance.write(host, `events/net_traffic/${kind}/filter`, filter);
    }
  } catch (error) {
    instance.remove();
    throw error;
  }
  return instance;
}

function tryOption(instance: Instance, option: string): void {
  try {
    fs.writeFileSync(path.join(instance.folder, 'trace_options'), option);
  } catch {
    // Of another kernel.
  }
}
