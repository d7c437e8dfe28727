// SPDX-License-Identifier: MIT
import type { EventKind } from './event';
import type { RunningCommand } from './api-results';
import type { Snapshot } from './types';

/** What the module counts. */
export interface CountingOptions {
  /** Count the children of a matching process too. Default: true. */
  follow?: boolean | undefined;
  /**
   * Address families to count: `inet` (IPv4 and IPv6), which is required, and optionally `unix`, `packet` and `vsock`.
   * Default: `['inet']`.
   */
  families?: readonly string[] | undefined;
}

/** Which processes the module counts. */
export interface WatchOptions extends CountingOptions {
  /**
   * Names of programs. A process is counted from the moment it executes a file of this name. A name with a `/` is
   * compared with the whole path. `*`, `?` and `[…]` match as in a shell. A script matches by the name of the script,
   * not of its interpreter. Default: none.
   */
  programs?: readonly string[] | undefined;
  /**
   * PIDs of running processes, in the initial PID namespace. Their counts are lower bounds, because the traffic before
   * this call is unknown. Default: none.
   */
  pids?: readonly number[] | undefined;
}

/** Parameters of the kernel module. */
export interface ModuleOptions extends WatchOptions {
  /** Write a line to the kernel log for each transfer. This slows down each transfer. Default: false. */
  logPackets?: boolean | undefined;
  /**
   * How the module observes transfers. Default: `tracepoint` if the kernel has all the tracepoints that it needs
   * (Linux 6.5 and later), otherwise `redirect`.
   */
  engine?: 'tracepoint' | 'redirect' | undefined;
  /** Number of ended processes that the module keeps, 1 to 1048576. Default: 1024. */
  history?: number | undefined;
  /**
   * Number of flows that the module keeps for each process, 0 to 65536. The traffic of further flows is summed up by
   * transport. Default: 1024.
   */
  maxFlows?: number | undefined;
  /** Path of a built `net_traffic.ko`. Default: the module is built, or taken from the cache. */
  ko?: string | undefined;
  /** Load the module even if `programs` and `pids` are empty. Default: false. */
  idle?: boolean | undefined;
}

/** Options of `load()`. */
export interface LoadOptions extends ModuleOptions {
  /** Aborting it stops a build in progress. The promise then rejects with the reason of the signal. */
  signal?: AbortSignal | undefined;
}

/** Options of `build()`. */
export interface BuildOptions {
  /** Release of the kernel to build for, as printed by `uname -r`. Default: the running kernel. */
  kernel?: string | undefined;
  /** Aborting it stops the build and removes its files. The promise then rejects with the reason of the signal. */
  signal?: AbortSignal | undefined;
}

/** Options of `unload()`. */
export interface UnloadOptions {
  /**
   * Unload the module even if its trace events are enabled. The kernel then empties each trace buffer that recorded
   * them. Default: false.
   */
  force?: boolean | undefined;
}

/** Options of `snapshot()`. */
export interface SnapshotOptions {
  /** Add the flows of each process: its traffic by connection or peer. Default: false. */
  flows?: boolean | undefined;
}

/** Options of `monitor()`. Name at least one program or PID. */
export interface MonitorOptions extends WatchOptions {
  /** Time between two samples in milliseconds, 1 to 2147483647. Events are emitted with the samples. Default: 1000. */
  interval?: number | undefined;
  /**
   * Number of ended processes that the snapshots list, 1 to 1048576. The totals include all of them. Default: 1024.
   */
  history?: number | undefined;
  /** Add `flows`, `byRemote` and `byScope` to the snapshots. Default: false. */
  flows?: boolean | undefined;
  /** Aborting it closes the session. Iterations then throw the reason of the signal. */
  signal?: AbortSignal | undefined;
  /** How the module observes transfers. Default: the engine of the loaded module, or the module's own default. */
  engine?: 'tracepoint' | 'redirect' | undefined;
  /** Path of a built `net_traffic.ko`, used if the module must be loaded. Default: the module is built. */
  ko?: string | undefined;
}

/** How `run()` and `measure()` count. */
export interface CountOptions {
  /** Address families to count, see {@link CountingOptions.families}. Default: `['inet']`. */
  families?: readonly string[] | undefined;
  /** Add `flows`, `byRemote` and `byScope` to the result. Default: false. */
  flows?: boolean | undefined;
  /**
   * Keep counting until all descendants have ended too. Aborting a signal that is given here ends the wait, and the
   * result lists the descendants that still run. Default: false.
   */
  wait?: boolean | AbortSignal | undefined;
  /** Time between two samples in milliseconds, 1 to 2147483647. Default: 1000, or 200 with `wait`. */
  interval?: number | undefined;
  /** Called with each sample, including the last one. If it throws, the promise rejects with that error. */
  onSample?: ((snapshot: Snapshot) => void) | undefined;
  /** Number of ended processes that the result lists, 1 to 1048576. The total includes all of them. Default: 1024. */
  history?: number | undefined;
  /** How the module observes transfers. Default: the engine of the loaded module, or the module's own default. */
  engine?: 'tracepoint' | 'redirect' | undefined;
  /** Path of a built `net_traffic.ko`, used if the module must be loaded. Default: the module is built. */
  ko?: string | undefined;
  /**
   * Aborting it sends SIGTERM to the command, and the promise rejects with the reason of the signal when the command
   * has ended. If the command has not started yet, aborting it stops the preparations.
   */
  signal?: AbortSignal | undefined;
  /** Called once the command runs. */
  onStart?: ((command: RunningCommand) => void) | undefined;
}

/** What a standard stream of the command is: that of this process, `/dev/null`, or an open file descriptor. */
export type RunStdio = 'inherit' | 'ignore' | number;

/** How `run()` starts the command. */
export interface ChildOptions {
  /** Working directory of the command. Default: that of this process. */
  cwd?: string | undefined;
  /** Environment of the command. Default: that of this process. */
  env?: NodeJS.ProcessEnv | undefined;
  /** One value for all three streams, or an array for stdin, stdout and stderr. Default: 'inherit'. */
  stdio?: RunStdio | readonly RunStdio[] | undefined;
  /**
   * Name of the user that the command runs as, with the groups and home directory of that user. This needs root and the
   * program setpriv of util-linux. Default: the user of this process.
   */
  user?: string | undefined;
}

/** Options of `run()`. */
export interface RunOptions extends ChildOptions, CountOptions {
  /**
   * Count these running processes, and the children that they start from now on, for as long as the command runs. The
   * command itself is not counted. The result is a lower bound, because the earlier traffic is unknown. Default: none.
   */
  pids?: readonly number[] | undefined;
}

/** Options of `measure()`. */
export interface MeasureOptions extends Omit<CountOptions, 'onStart'> {
  /**
   * Aborting it sends SIGTERM to the child, and the promise rejects with the reason of the signal when the child has
   * ended. If the counting has not begun yet, aborting it stops the preparations and sends no signal.
   */
  signal?: AbortSignal | undefined;
}

/** Options of `events()`. */
export interface EventsOptions {
  /** Kinds of events. Default: all. */
  events?: readonly EventKind[] | undefined;
  /** Only events of the processes with these PIDs, without their children. Default: all processes. */
  pids?: readonly number[] | undefined;
  /** Only events of processes that are counted under these names, spelled as they were watched. Default: all names. */
  programs?: readonly string[] | undefined;
  /** Only transfers of at least this many bytes, 0 to 2^63 - 1. Default: 0. */
  minBytes?: bigint | number | undefined;
  /** Aborting it closes the stream. Iterations then throw the reason of the signal. */
  signal?: AbortSignal | undefined;
}
