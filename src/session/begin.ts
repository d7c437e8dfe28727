// SPDX-License-Identifier: MIT
import type { Host } from '../host';
import type { Control } from '../module/control';
import { readCounters, readParameters, readPrograms, readStatus } from '../module/files';
import { checkConflicts } from '../module/parameters';
import { now } from '../time';
import { Ledger } from './ledger';
import { openSession } from './open';
import { releaseModule } from './release';
import { Session, type Sampler } from './session';

export interface BeginOptions {
  readonly families: readonly string[];
  readonly engine?: 'tracepoint' | 'redirect' | undefined;
  readonly ko?: string | undefined;
  /** Milliseconds. */
  readonly interval: number;
  readonly history: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A session of a module that is loaded if need be. `watch` says, by its commands, what the session is about; when it
 * throws, everything is undone.
 */
export async function beginSession(
  host: Host,
  { families, engine, ko, interval, history, signal }: BeginOptions,
  watch: (control: Control) => void,
): Promise<Session> {
  const { control, owner } = await openSession(host, { families, engine, ko }, signal);
  try {
    checkConflicts({ families, engine }, readParameters(host));
    const status = await readStatus(host);
    signal?.throwIfAborted();
    watch(control);
    return new Session(samplerOf(host, control, new Ledger(owner, history), status), interval, signal);
  } catch (error) {
    control.close();
    await releaseModule(host);
    throw error;
  }
}

function samplerOf(
  host: Host,
  control: Control,
  ledger: Ledger,
  { families, engine }: { readonly families: readonly string[]; readonly engine: string },
): Sampler {
  let clearThrough: bigint | null = null;
  return {
    async sample() {
      const programs = await readPrograms(host);
      const changes = ledger.update(await readCounters(host), programs);
      clearThrough = changes.clearThrough;
      return { ...changes, snapshot: { takenAt: now(), families, engine, ...ledger.view() } };
    },
    acknowledge() {
      if (clearThrough !== null) control.write(`clear ${clearThrough}`);
    },
    async end() {
      control.close();
      await releaseModule(host);
    },
  };
}
