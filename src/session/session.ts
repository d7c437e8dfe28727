// SPDX-License-Identifier: MIT
import { EventEmitter } from 'node:events';
import type { Process, Snapshot } from '../model/types';

/** Each process once an event, also when it lived between two samples. */
export interface SessionEvents {
  /** A watched program was executed. */
  exec: [process: Process];
  /** A monitored process started another. */
  fork: [process: Process];
  /** A process that already ran is counted from now on. */
  attach: [process: Process];
  /** A process ended, or is no longer counted; its totals are final. */
  exit: [process: Process];
  /** Sampling failed; the session is over. Also thrown by iterations, and by `close()`. */
  error: [error: unknown];
}

/** What a session needs from outside. */
export interface Sampler {
  /** Reads the counters. `changes` are what appeared and ended since the last call. */
  readonly sample: () => Promise<{ snapshot: Snapshot; appeared: readonly Process[]; ended: readonly Process[] }>;
  /** What was delivered may be forgotten. */
  readonly acknowledge: () => void;
  /** Ends the session in the kernel, and unloads what was loaded for it. */
  readonly end: () => Promise<void>;
}

/**
 * A running measurement of the processes that its own options name, whoever else monitors.
 *
 * Iterating gives snapshots: the newest there is, at most once, so that a slow consumer skips some and never gathers a
 * queue. Leaving the loop does not close the session. Its timer keeps the process alive, as a server does, until
 * `close()`.
 */
export class Session extends EventEmitter<SessionEvents> implements AsyncIterable<Snapshot>, AsyncDisposable {
  readonly #sampler: Sampler;
  readonly #interval: number;
  readonly #loop: Promise<void>;
  #latest: Snapshot | undefined;
  #sequence = 0;
  #waiting: (() => void)[] = [];
  #endWait: () => void = () => undefined;
  #closing: Promise<Snapshot> | undefined;
  #over = false;
  #failure: { readonly error: unknown } | undefined;
  #aborted: { readonly reason: unknown } | undefined;

  /** Made by {@link monitor}. `interval` is in milliseconds. */
  constructor(sampler: Sampler, interval: number, signal?: AbortSignal) {
    super();
    this.#sampler = sampler;
    this.#interval = interval;
    this.#loop = this.#run();
    const abort = (): void => {
      this.#aborted = { reason: signal?.reason };
      this.close().catch(() => undefined); // whoever calls close() gets it
    };
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
    void this.#loop.then(() => signal?.removeEventListener('abort', abort));
  }

  /**
   * Takes a last sample and ends the session; the module is unloaded if a session loaded it and nobody else uses it.
   * Calling it again gives the same result.
   *
   * @returns everything that the session's processes moved
   * @throws {TrafficError} when sampling failed
   */
  close(): Promise<Snapshot> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Snapshots until the session is closed, the last one included; throws the reason when its signal is aborted. */
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
      // Not at once: whoever awaits the session first gets to add listeners.
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
    if (this.#closing) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
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

  /** A listener that throws is its owner's bug, not a failure of the sampling: it becomes an uncaught exception. */
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
    this.close().catch(() => undefined); // iterations, `error` and close() itself tell
    if (this.listenerCount('error') > 0) this.emit('error', error);
  }

  async #shutDown(): Promise<Snapshot> {
    // Not before the caller has stored this promise: it is what tells the loop to end.
    await Promise.resolve();
    this.#endWait();
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
    if (!this.#latest) throw new Error('a session cannot end without a sample');
    return this.#latest;
  }
}
