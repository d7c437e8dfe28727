// SPDX-License-Identifier: MIT
import { EventEmitter } from 'node:events';
import type { Process, Snapshot } from '../model/types';
import { Waiter } from '../util/waiter';

/**
 * The events of a session. Each process has one start event (`exec`, `fork` or `attach`) and one `exit` event, even if it
 * started and ended between two samples. `error` is about the session.
 */
export interface SessionEvents {
  /** A process executed a watched program. */
  exec: [process: Process];
  /** A counted process started a child. */
  fork: [process: Process];
  /** A process that was already running is counted from now on. */
  attach: [process: Process];
  /** A process ended, or is no longer counted. Its traffic is final. */
  exit: [process: Process];
  /** A sample failed, and the session has ended. Iterations and `close()` throw the same error. */
  error: [error: unknown];
}

/** How a session gets its samples. */
export interface Sampler {
  /** Reads the counters, and finds the processes that appeared and ended since the last call. */
  readonly sample: () => Promise<{ snapshot: Snapshot; appeared: readonly Process[]; ended: readonly Process[] }>;
  /** Tells the module that it can forget the ended processes of earlier samples. */
  readonly acknowledge: () => void;
  /** Ends the session in the kernel, and unloads the module if a session loaded it. */
  readonly end: () => Promise<void>;
}

/**
 * A running measurement of the processes that the options of `monitor()` select. Other sessions do not affect it.
 *
 * Iterating over the session returns snapshots. Each step returns the newest snapshot, or waits for the next one. A slow
 * reader skips snapshots, and no queue builds up. Leaving the loop does not close the session. The timer of the session
 * keeps this process alive until `close()`.
 */
export class Session extends EventEmitter<SessionEvents> implements AsyncIterable<Snapshot>, AsyncDisposable {
  readonly #sampler: Sampler;
  readonly #interval: number;
  readonly #loop: Promise<void>;
  #latest: Snapshot | undefined;
  #sequence = 0;
  #waiting: (() => void)[] = [];
  readonly #waiter = new Waiter();
  #closing: Promise<Snapshot> | undefined;
  #over = false;
  #failure: { readonly error: unknown } | undefined;
  #aborted: { readonly reason: unknown } | undefined;

  /** Called by `monitor()`. `interval` is in milliseconds. */
  constructor(sampler: Sampler, interval: number, signal?: AbortSignal) {
    super();
    this.#sampler = sampler;
    this.#interval = interval;
    this.#loop = this.#run();
    const abort = (): void => {
      this.#aborted = { reason: signal?.reason };
      this.close().catch(() => undefined); // The caller of close() gets the error.
    };
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
    void this.#loop.then(() => signal?.removeEventListener('abort', abort));
  }

  /**
   * Takes a last sample and ends the session. Unloads the module if a session loaded it and nothing else uses it. A
   * second call returns the same promise.
   *
   * @returns the last sample, with the traffic of all processes of the session
   * @throws {TrafficError} if a sample failed
   */
  close(): Promise<Snapshot> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Returns snapshots until the session is closed, including the last one. Throws the reason of an aborted signal. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Snapshot, void, undefined> {
    for (let delivered = 0; ;) {
      if (this.#aborted) throw this.#aborted.reason;
      if (this.#latest && this.#sequence > delivered) {
        delivered = this.#sequence;
        yield this.#latest;
      } else if (this.#failure) {
        throw this.#failure.error;
      } else if (this.#over) {
        return;
      } else {
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
    }
  }

  async #run(): Promise<void> {
    try {
      // Not immediately: code that awaits the session can add listeners before the first sample.
      await this.#wait(0);
      while (!this.#closing) {
        const began = performance.now();
        await this.#sample();
        await this.#wait(Math.max(0, this.#interval - (performance.now() - began)));
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  async #wait(milliseconds: number): Promise<void> {
    if (!this.#closing) await this.#waiter.wait(milliseconds);
  }

  async #sample(): Promise<void> {
    const { snapshot, appeared, ended } = await this.#sampler.sample();
    this.#latest = snapshot;
    this.#sequence += 1;
    this.#notify();
    for (const process of appeared) this.#announce(process.since, process);
    for (const process of ended) this.#announce('exit', process);
    this.#sampler.acknowledge();
  }

  /** An error of a listener is not a failure of the session. It becomes an uncaught exception. */
  #announce(event: 'exec' | 'fork' | 'attach' | 'exit', subject: Process): void {
    try {
      this.emit(event, subject);
    } catch (error) {
      process.nextTick(() => {
        throw error;
      });
    }
  }

  #notify(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #fail(error: unknown): void {
    this.#failure = { error };
    this.close().catch(() => undefined); // Iterations, the event `error` and close() report the error.
    if (this.listenerCount('error') > 0) this.emit('error', error);
  }

  async #shutDown(): Promise<Snapshot> {
    // Let close() store the promise first. The loop ends when it finds it there.
    await Promise.resolve();
    this.#waiter.wake();
    if (!this.#failure) await this.#loop;
    try {
      if (!this.#failure) await this.#sample();
    } catch (error) {
      this.#failure = { error };
    } finally {
      await this.#sampler.end();
      this.#over = true;
      this.#notify();
    }
    if (this.#failure) throw this.#failure.error;
    if (!this.#latest) throw new Error('the session ended without a sample');
    return this.#latest;
  }
}
