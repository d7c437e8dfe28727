// SPDX-License-Identifier: MIT
import { requireLinux, thisHost, type Host } from '../host';
import { controlError, type Control } from '../module/control';
import { checkModuleOptions } from '../module/parameters';
import { beginSession } from '../session/begin';
import type { Session } from '../session/session';
import { now } from '../time';
import type { Process, Timestamp, Traffic } from '../types';
import { start, type Child, type ChildOptions, type Ending } from './child';

/** Milliseconds between two looks at what has ended, so that the module need not keep it all. */
const INTERVAL = 1000;

export interface RunOptions extends ChildOptions {
  /** Address families to count. Default `['inet']`. */
  families?: readonly string[] | undefined;
  /** How many ended processes are listed; the total has them all. Default 1024. */
  history?: number | undefined;
  engine?: 'tracepoint' | 'redirect' | undefined;
  /** Path of a built `net_traffic.ko`, should the module have to be loaded. */
  ko?: string | undefined;
  /** Aborting it ends the command with SIGTERM; `run` then rejects with its reason. */
  signal?: AbortSignal | undefined;
  /** Called with the PID as soon as the command runs. */
  onStart?: ((pid: number) => void) | undefined;
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
  /** Descendants that outlived the command: counted until it ended. */
  readonly running: readonly Process[];
}

/** What is forked while `action` runs is counted. */
function withChildren<T>(control: Control, action: () => T): T {
  try {
    control.write('children on');
  } catch (error) {
    throw controlError(error, 'count the children of', 'this process');
  }
  try {
    return action();
  } finally {
    control.write('children off');
  }
}

/**
 * Runs a command, and counts all that it and its descendants move from its first instruction to its end. The module is
 * loaded if it is not, and unloaded when nobody else uses it.
 *
 * @throws {TrafficError} ERR_COMMAND when it cannot be executed, and the codes of {@link monitor}
 */
export async function run(
  command: string,
  args: readonly string[] = [],
  options: RunOptions = {},
  host: Host = thisHost,
): Promise<RunResult> {
  requireLinux(host);
  const { families = ['inet'], history = 1024, engine, ko, signal } = options;
  checkModuleOptions({ families, history, engine, idle: true });
  let starting: (() => Promise<Child>) | undefined;
  let startedAt = now();
  const session = await beginSession(host, { families, engine, ko, interval: INTERVAL, history }, (control) => {
    signal?.throwIfAborted();
    startedAt = now();
    starting = withChildren(control, () => start(command, args, options));
  });
  // Whoever follows the session gets its failure from close().
  session.on('error', () => undefined);
  try {
    const child = await (starting as () => Promise<Child>)();
    options.onStart?.(child.pid);
    const ending = await endOf(child, signal);
    return await resultOf(session, { ...ending, command: [command, ...args], startedAt, endedAt: now() });
  } finally {
    await session.close().catch(() => undefined);
  }
}

async function endOf(child: Child, signal: AbortSignal | undefined): Promise<Ending> {
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

async function resultOf(
  session: Session,
  about: Pick<RunResult, 'command' | 'startedAt' | 'endedAt' | 'exitCode' | 'signal'>,
): Promise<RunResult> {
  const { processes, families, engine, total, exact, evicted } = await session.close();
  return {
    ...about,
    ...{ families, engine, traffic: total, exact, evicted, processes },
    reasons: [...new Set(processes.flatMap(({ reasons }) => reasons))],
    running: processes.filter(({ state }) => state === 'running'),
  };
}
