// SPDX-License-Identifier: MIT
import type { CountOptions } from '../model/api-options';
import type { Ending, RunResult } from '../model/api-results';
import type { Snapshot } from '../model/types';
import { checkModuleOptions } from '../module/parameters';
import { openSampler } from '../session/begin-session';
import { checkInterval } from '../session/monitor';
import { Session } from '../session/session';
import type { Control } from '../system/control';
import { requireLinux, type Host } from '../system/host';
import { hasInitialPids } from '../system/pid-namespace';
import { now } from '../util/time';
import type { Child } from './child';

/** Milliseconds between two samples. Each sample lets the module clear the records of ended processes. */
const INTERVAL = 1000;
/** Milliseconds between two samples with `wait`, when only a sample shows that the descendants have ended. */
const WAITING_INTERVAL = 200;

/**
 * Opens a session, lets `begin` select the processes to count, and counts until the child that `begin` returns has ended.
 */
export async function count(
  host: Host,
  command: readonly string[],
  options: CountOptions,
  begin: (control: Control) => () => Promise<Child>,
): Promise<RunResult> {
  requireLinux(host);
  const { families = ['inet'], history = 1024, flows = false, wait = false, engine, ko, signal, onSample } = options;
  const { interval = wait === false ? INTERVAL : WAITING_INTERVAL } = options;
  checkModuleOptions({ families, history, engine, idle: true });
  checkInterval(interval);
  let starting: (() => Promise<Child>) | undefined;
  let startedAt = now();
  const sampler = await openSampler(host, { families, engine, ko, history, flows, signal }, (control) => {
    startedAt = now();
    starting = begin(control);
  });
  // The session does not get the signal, because it must count until the command has ended.
  const session = new Session(sampler, interval);
  // close() reports a failure of the session.
  session.on('error', () => undefined);
  const followed = onSample === undefined ? Promise.resolve() : follow(session, onSample);
  followed.catch(() => undefined); // It is awaited below.
  try {
    const child = await (starting as () => Promise<Child>)();
    options.onStart?.(child);
    const ending = await endingOf(child, signal);
    if (wait !== false) await descendantsEnd(session, wait === true ? undefined : wait);
    const final = await session.close();
    const result = resultOf(final, {
      ...recordedEnding(host, child, ending, final),
      command,
      startedAt,
      endedAt: now(),
    });
    await followed;
    return result;
  } finally {
    await session.close().catch(() => undefined);
  }
}

async function follow(session: Session, onSample: (snapshot: Snapshot) => void): Promise<void> {
  for await (const snapshot of session) onSample(snapshot);
}

async function endingOf(child: Child, signal: AbortSignal | undefined): Promise<Ending> {
  const abort = (): void => {
    child.kill('SIGTERM');
  };
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted === true) abort();
  const ending = await child.ended;
  signal?.removeEventListener('abort', abort);
  signal?.throwIfAborted();
  return ending;
}

async function descendantsEnd(session: Session, stop: AbortSignal | undefined): Promise<void> {
  const nobodyRuns = (async () => {
    // The module records a process before its parent can end. So if a sample shows no running process, all have ended.
    for await (const { processes } of session) if (processes.every(({ state }) => state !== 'running')) return;
  })();
  if (stop === undefined) return nobodyRuns;
  nobodyRuns.catch(() => undefined); // close() reports the error.
  if (stop.aborted) return;
  const stopped = new Promise<void>((resolve) => {
    stop.addEventListener('abort', () => {
      resolve();
    });
  });
  await Promise.race([nobodyRuns, stopped]);
}

/**
 * Node has no name for real-time signals, and reports a death by such a signal as exit status 0. The module's record has
 * the signal, if the child itself is counted and can be found by its PID.
 */
function recordedEnding(host: Host, { pid }: Child, ending: Ending, { processes }: Snapshot): Ending {
  if (ending.exitCode !== 0 || !hasInitialPids(host)) return ending;
  const record = processes.find((process) => process.pid === pid && process.state === 'exited');
  return record === undefined || record.signal === null ? ending : { exitCode: null, signal: record.signal };
}

function resultOf(
  { processes, families, engine, total, exact, reasons, evicted, flows, byRemote, byScope }: Snapshot,
  about: Pick<RunResult, 'command' | 'startedAt' | 'endedAt' | 'exitCode' | 'signal'>,
): RunResult {
  return {
    ...about,
    ...{ families, engine, traffic: total, exact, reasons, evicted, processes },
    running: processes.filter(({ state }) => state === 'running'),
    ...(flows && byRemote && byScope && { flows, byRemote, byScope }),
  };
}
