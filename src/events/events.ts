// SPDX-License-Identifier: MIT
import fs from 'node:fs/promises';
import { constants } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';
import { systemCode, TrafficError } from '../model/errors';
import { EVENT_KINDS, type EventKind, type TrafficEvent } from '../model/event';
import type { EventsOptions } from '../model/api-options';
import type { EventStream } from '../model/api-results';
import { checkArray, checkWatchOptions } from '../module/parameters';
import { loadedInstance, notLoadedError } from '../read/files';
import { requireLinux, type Host } from '../system/host';
import { createInstance, type Instance } from '../system/trace-instance';
import { tracefsError } from '../system/tracefs';
import { Waiter } from '../util/waiter';
import { EventParser } from './event-parser';

/** Milliseconds between two reads of an empty trace. */
const INTERVAL = 100;
/** Size of the read buffer in bytes. The kernel returns one or two pages at once. */
const PIECE = 65536;

/** An {@link EventStream} that reads the pipe of a trace instance. */
class TraceStream implements EventStream {
  readonly #host: Host;
  readonly #instance: Instance;
  readonly #pipe: fs.FileHandle;
  readonly #wants: (event: TrafficEvent) => boolean;
  readonly #signal: AbortSignal | undefined;
  readonly #module: bigint | null;
  readonly #parser: EventParser;
  readonly #waiter = new Waiter();
  #closing: Promise<void> | undefined;

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

  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

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

  /** Null if no event is waiting. */
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
    if (this.#closing === undefined) await this.#waiter.wait(INTERVAL);
  }

  async #shutDown(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#waiter.wake();
    // Waits for a read in progress. No read blocks.
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

/** The internal form of `events()`. */
export async function eventsOn(host: Host, options: EventsOptions): Promise<EventStream> {
  requireLinux(host);
  const { events: kinds = EVENT_KINDS, pids = [], programs = [], minBytes = 0n, signal } = options;
  checkWatchOptions({ programs, pids });
  checkArray('events', kinds, 'string', "['send', 'recv']");
  const unknown = kinds.find((kind) => !EVENT_KINDS.includes(kind));
  if (unknown !== undefined || kinds.length === 0) {
    throw new TrafficError(
      'ERR_INVALID_ARGUMENT',
      `events is '${unknown ?? ''}', but must contain some of ${EVENT_KINDS.join(', ')}.`,
    );
  }
  if ((typeof minBytes !== 'bigint' && !Number.isInteger(minBytes)) || minBytes < 0 || minBytes >= 2n ** 63n) {
    throw new TrafficError(
      'ERR_INVALID_ARGUMENT',
      `minBytes is ${inspect(minBytes)}, but must be a whole number from 0 to 2^63 - 1.`,
    );
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
    return new TraceStream(host, instance, pipe, wants, signal);
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
