// SPDX-License-Identifier: MIT
import fs from 'node:fs/promises';
import { constants } from 'node:fs';
import path from 'node:path';
import { systemCode, TrafficError } from '../model/errors';
import { EVENT_KINDS, type EventKind, type TrafficEvent } from '../model/event';
import { checkArray, checkWatchOptions } from '../module/parameters';
import { loadedInstance, notLoadedError } from '../read/files';
import { requireLinux, thisHost, type Host } from '../system/host';
import { createInstance, type Instance } from '../system/trace-instance';
import { tracefsError } from '../system/tracefs';
import { EventParser } from './event-parser';

/** Milliseconds between two looks at a trace that was empty. */
const INTERVAL = 100;
/** The kernel gives a page or two at once. */
const PIECE = 65536;

export interface EventsOptions {
  /** Which; default all. */
  events?: readonly EventKind[] | undefined;
  /** Only of these processes, not of their children. */
  pids?: readonly number[] | undefined;
  /** Only of these watched names, as they were given to watch. */
  programs?: readonly string[] | undefined;
  /** Only transfers of at least that many bytes. */
  minBytes?: bigint | number | undefined;
  /** Aborting it closes the stream; iterations throw its reason. */
  signal?: AbortSignal | undefined;
}

/**
 * Events as they happen, from the moment on in which {@link events} resolved. Leaving the loop closes it, as `close()`
 * does. Who reads slower than the kernel writes loses the oldest, and is told how many.
 */
export class EventStream implements AsyncIterable<TrafficEvent>, AsyncDisposable {
  readonly #host: Host;
  readonly #instance: Instance;
  readonly #pipe: fs.FileHandle;
  readonly #wants: (event: TrafficEvent) => boolean;
  readonly #signal: AbortSignal | undefined;
  readonly #module: bigint | null;
  readonly #parser: EventParser;
  #closing: Promise<void> | undefined;
  #wake: () => void = () => undefined;

  /** Made by {@link events}. */
  constructor(
    host: Host,
    instance: Instance,
    pipe: fs.FileHandle,
    wants: (event: TrafficEvent) => boolean,
    signal?: AbortSignal,
  ) {
    this.#host = host;
    this.#instance = instance;
    this.#pipe = pipe;
    this.#wants = wants;
    this.#signal = signal;
    this.#module = loadedInstance(host);
    const offset = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
    this.#parser = new EventParser((nanoseconds) => nanoseconds + offset);
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  readonly #onAbort = (): void => {
    void this.close();
  };

  /** The trace is off and gone. Calling it again gives the same promise. */
  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @throws {TrafficError} ERR_NOT_LOADED when the module is unloaded meanwhile */
  async *[Symbol.asyncIterator](): AsyncGenerator<TrafficEvent, void, undefined> {
    try {
      while (this.#closing === undefined) {
        const piece = await this.#read();
        if (piece === null) {
          if (loadedInstance(this.#host) !== this.#module) throw notLoadedError();
          await this.#pause();
        } else {
          yield* this.#parser.push(piece).filter((event) => this.#wants(event));
        }
      }
      this.#signal?.throwIfAborted();
    } finally {
      await this.close();
    }
  }

  /** Null: there is nothing now. */
  async #read(): Promise<Buffer | null> {
    try {
      const { buffer, bytesRead } = await this.#pipe.read(Buffer.allocUnsafe(PIECE), 0, PIECE, null);
      return bytesRead === 0 ? null : buffer.subarray(0, bytesRead);
    } catch (error) {
      if (systemCode(error) === 'EAGAIN' || this.#closing !== undefined) return null;
      throw tracefsError(error, this.#host, this.#instance.folder);
    }
  }

  async #pause(): Promise<void> {
    if (this.#closing !== undefined) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, INTERVAL);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #shutDown(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#wake();
    // Ends when a read that is under way does: none blocks.
    await this.#pipe.close();
    this.#instance.remove();
  }
}

function filterOf(kind: EventKind, { pids = [], minBytes }: EventsOptions): string {
  const parts = [
    ...(pids.length === 0 ? [] : [`(${pids.map((pid) => `tgid == ${pid}`).join(' || ')})`]),
    ...(minBytes === undefined || (kind !== 'send' && kind !== 'recv') ? [] : [`bytes >= ${minBytes}`]),
  ];
  return parts.join(' && ');
}

/**
 * Follows what the module counts, as it counts it: the processes of everybody who monitors. It changes nothing of what
 * is counted and needs the module loaded.
 *
 * @throws {TrafficError} ERR_NOT_LOADED, ERR_PERMISSION, ERR_LOCKDOWN, ERR_INVALID_ARGUMENT; ERR_ABI when the loaded
 * module has no events; ERR_SYSTEM when tracefs is not mounted
 */
export async function events(options: EventsOptions = {}, host: Host = thisHost): Promise<EventStream> {
  requireLinux(host);
  const { events: kinds = EVENT_KINDS, pids = [], programs = [], minBytes = 0n, signal } = options;
  checkWatchOptions({ programs, pids });
  checkArray('events', kinds, 'string', "['send', 'recv']");
  const unknown = kinds.find((kind) => !EVENT_KINDS.includes(kind));
  if (unknown !== undefined || kinds.length === 0) {
    throw new TrafficError('ERR_INVALID_ARGUMENT', `events is '${unknown ?? ''}'; it is of ${EVENT_KINDS.join(', ')}.`);
  }
  if ((typeof minBytes !== 'bigint' && !Number.isInteger(minBytes)) || minBytes < 0 || minBytes >= 2n ** 63n) {
    throw new TrafficError('ERR_INVALID_ARGUMENT', `minBytes is ${minBytes}; it is a whole number, 0 to 2^63 - 1.`);
  }
  signal?.throwIfAborted();
  if (loadedInstance(host) === null) throw notLoadedError();

  const wanted = kinds.map((kind) => ({ kind, filter: filterOf(kind, options) }));
  const instance = createInstance(host, { events: wanted });
  let pipe: fs.FileHandle | undefined;
  try {
    pipe = await openPipe(host, instance);
    for (const kind of kinds) instance.write(host, `events/net_traffic/${kind}/enable`, '1');
    signal?.throwIfAborted();
    const wants = (event: TrafficEvent): boolean =>
      event.event === 'lost' || programs.length === 0 || programs.some((name) => name === event.program);
    return new EventStream(host, instance, pipe, wants, signal);
  } catch (error) {
    await pipe?.close();
    instance.remove();
    throw error;
  }
}

async function openPipe(host: Host, { folder }: Instance): Promise<fs.FileHandle> {
  const file = path.join(folder, 'trace_pipe');
  try {
    return await fs.open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw tracefsError(error, host, file);
  }
}
