// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { systemCode, TrafficError } from '../model/errors';
import type { EventKind } from '../model/event';
import type { Host } from './host';
import { instanceNames, requireTracefs, tracefsError } from './tracefs';

const NAME = /^lkm-traffic-(\d+)(?:-\d+)?$/;

/** A new instance inherits the options of the main trace, which any user of it may have changed. Some kernels lack some. */
const OPTIONS = [
  ...['context-info', 'record-cmd', 'overwrite', 'irq-info'],
  ...['raw', 'hex', 'bin', 'fields', 'verbose', 'latency-format', 'annotate', 'record-tgid'].map((name) => `no${name}`),
  ...['stacktrace', 'userstacktrace'].map((name) => `no${name}`),
];

/** A trace instance of this process. It does not disturb the traces of others. */
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

  /** Removes the instance and with it all its events. Its files must be closed. */
  remove(): void {
    process.removeListener('exit', this.#onExit);
    tryRemove(this.folder);
  }
}

function tryRemove(folder: string): void {
  try {
    fs.rmdirSync(folder);
  } catch {
    // Another process reads the instance, or has removed it.
  }
}

/** Removes instances of processes that were killed. The kernel keeps an instance that is being read. */
export function removeStale(host: Host, tracefs: string): void {
  for (const name of instanceNames(tracefs)) {
    const pid = NAME.exec(name)?.[1];
    if (pid !== undefined && !fs.existsSync(path.join(host.proc, pid))) {
      tryRemove(path.join(tracefs, 'instances', name));
    }
  }
}

/** Makes the folder of a new instance. The name of a second instance of this process ends with a number. */
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
  /** The kinds of events, each with its filter. An empty filter passes all. */
  readonly events: readonly { readonly kind: EventKind; readonly filter: string }[];
}

/**
 * Makes an instance and sets it up. Its events are not enabled yet.
 *
 * @throws {TrafficError} ERR_PERMISSION, ERR_LOCKDOWN, ERR_ABI, ERR_SYSTEM
 */
export function createInstance(host: Host, { events }: InstanceOptions): Instance {
  const tracefs = requireTracefs(host);
  if (!fs.existsSync(path.join(tracefs, 'events/net_traffic'))) {
    throw new TrafficError(
      'ERR_ABI',
      'The loaded module has no trace events. It has an older version, or was loaded by force.',
      {
        hint: 'To load the module of this package: lkm-traffic unload; lkm-traffic load --fname=NAME',
      },
    );
  }
  removeStale(host, tracefs);
  const instance = new Instance(make(host, tracefs));
  try {
    for (const option of OPTIONS) tryOption(instance, option);
    // The clock that process.hrtime() reads.
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
    // This kernel does not have the option.
  }
}
