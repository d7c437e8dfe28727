// SPDX-License-Identifier: MIT
import type { Process, ProcessFlows, RemoteTraffic, ScopeTraffic, Snapshot, Timestamp, Traffic } from '../model/types';
import { checkModuleOptions } from '../module/parameters';
import { openSampler } from '../session/begin-session';
import { checkInterval } from '../session/monitor';
import { Session } from '../session/session';
import type { Control } from '../system/control';
import { requireLinux, type Host } from '../system/host';
import { hasInitialPids } from '../system/pid-namespace';
import { now } from '../util/time';
import type { Child, Ending, RunningCommand } from './child';

/** Milliseconds between two looks at what has ended, so that the module need not keep it all. */
const INTERVAL = 1000;
/** The same where the end of what is waited for is known by them only. */
const WAITING_INTERVAL = 200;

/** How something is counted until it ends. */
export interface CountOptions {
  /** Address families to count. Default `['inet']`. */
  families?: readonly string[] | undefined;
  /** Also with whom: `flows`, `byRemote` and `byScope` in the result. Default false. */
  flows?: boolean | undefined;
  /** Counts until all that the command started has ended too; aborting a signal that is given here ends the waiting. */
  wait?: boolean | AbortSignal | undefined;
  /** Milliseconds between two samples, 1 to 2147483647. Default 1000, or 200 with `wait`. */
  interval?: number | undefined;
  /** Called with each sample, the last one included. What it throws makes the result reject. */
  onSample?: ((snapshot: Snapshot) => void) | undefined;
  /** How many ended processes are listed; the total has them all. Default 1024. */
  history?: number | undefined;
  engine?: 'tracepoint' | 'redirect' | undefined;
  /** Path of a built `net_traffic.ko`, should the module have to be loaded. */
  ko?: string | undefined;
  /** Aborting it ends the command with SIGTERM, or what comes before it: the result rejects with its reason. */
  signal?: AbortSignal | undefined;
  /** Called as soon as the command runs. */
  onStart?: ((command: RunningCommand) => void) | undefined;
}

/** What a command, with all that descends from it, moved. */
export interface RunResult extends Ending {
  readonly command: readonly string[];
  readonly startedAt: Timestamp;
  readonly endedAt: Timestamp;
  readonly families: readonly string[];
  readonly engine: string;
  readonly traffic: Traffic;
  /** False: `traffic` is a lower bound, for the `reasons`. */
  readonly exact: boolean;
  readonly reasons: readonly string[];
  /** The command and its descendants, in order of start; `evicted` more are in `traffic` only. */
  readonly processes: readonly Process[];
  readonly evicted: bigint;
  /** Descendants that outlived the command: counted until it ended, or with `wait` until the waiting was ended. */
  readonly running: readonly Process[];
  /** With `flows`: of each process that is listed. */
  readonly flows?: readonly ProcessFlows[];
  /** With `flows`: these add up to `traffic.total`. */
  readonly byRemote?: readonly RemoteTraffic[];
  readonly byScope?: readonly ScopeTraffic[];
}

/** Counts what `begin` names by commands of the session, until the child that it gives has ended. */
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
  // Not ended by the signal: what the command moves until it has ended is in the result.
  const session = new Session(sampler, interval);
  // Whoever follows the session gets its failure from close().
  session.on('error', () => undefined);
  const followed = onSample === undefined ? Promise.resolve() : follow(session, onSample);
  followed.catch(() => undefined); // awaited below
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
    // A process is recorded before its parent can end, and shown after it: a sample that shows none running is right.
    for await (const { processes } of session) if (processes.every(({ state }) => state !== 'running')) return;
  })();
  if (stop === undefined) return nobodyRuns;
  nobodyRuns.catch(() => undefined); // close() tells
  if (stop.aborted) return;
  const stopped = new Promise<void>((resolve) => {
    stop.addEventListener('abort', () => {
      resolve();
    });
  });
  await Promise.race([nobodyRuns, stopped]);
}

/**
 * Node tells an end by a signal for which it has no name, as realtime ones, as exit status 0. The module's record has it,
 * where the child is counted itself, and can be found by its PID.
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
