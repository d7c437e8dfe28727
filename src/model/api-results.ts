// SPDX-License-Identifier: MIT
import type { TrafficErrorCode } from './errors';
import type { TrafficEvent } from './event';
import type { Process, ProcessFlows, Program, RemoteTraffic, ScopeTraffic, Timestamp, Traffic } from './types';

/** What `build()` made or found. */
export interface BuildResult {
  /** Release of the kernel that the module was built for. */
  readonly kernel: string;
  /** Path of the built `net_traffic.ko`. */
  readonly ko: string;
  /** True: an earlier call built this file, from the same source for the same kernel. */
  readonly cached: boolean;
}

/** A process that is not counted, because it executed the program before the program was watched. */
export interface AlreadyRunning {
  /** The watched name that the process matches. */
  readonly program: string;
  readonly pid: number;
}

/** What `load()` did. */
export interface LoadResult {
  /**
   * True: this call loaded the module. False: the module was already loaded, and this call added
   * the names and PIDs.
   */
  readonly loaded: boolean;
  /** Path of the file that this call loaded; null if the module was already loaded. */
  readonly ko: string | null;
  /** How the module observes transfers: `tracepoint` or `redirect`. */
  readonly engine: string;
  /** Address families that the module counts. */
  readonly families: readonly string[];
  /** The names that this call watches, as given. */
  readonly programs: readonly string[];
  /** The PIDs that this call attached, as given. */
  readonly pids: readonly number[];
  /**
   * Running processes that match `programs` and are not counted. Always empty if this process is in a PID namespace of
   * its own.
   */
  readonly alreadyRunning: readonly AlreadyRunning[];
}

/** `absent`: the kernel does not have the hook, or the engine does not need it. */
export type HookState = 'attached' | 'detached' | 'absent';

/** A place in the kernel where the module observes processes or transfers. */
export interface Hook {
  readonly name: string;
  readonly state: HookState;
}

/**
 * `stopping`: all hooks are off, and the module waits for calls in progress. `stopped`: all hooks are off and the totals
 * are final. The module can only be unloaded.
 */
export type ModuleState = 'counting' | 'stopping' | 'stopped';

/** What the loaded module reports about itself. Source: `/proc/net_traffic/status`. */
export interface ModuleStatus {
  readonly version: string;
  /** Version of the file format of `/proc/net_traffic`. */
  readonly abi: number;
  readonly engine: string;
  readonly families: readonly string[];
  readonly state: ModuleState;
  readonly logPackets: boolean;
  /** Number of ended processes that the module keeps: `history` of `load()`. */
  readonly history: number;
  readonly follow: boolean;
  /** Number of flows that the module keeps now, of all processes. */
  readonly flows: number;
  /** Largest number of flows that the module keeps for one process. */
  readonly maxFlows: number;
  readonly recordsRunning: bigint;
  readonly recordsEnded: bigint;
  /** Number of ended processes that the module evicted. It keeps only the records of the last `history` ended processes. */
  readonly evicted: bigint;
  /** Failed memory allocations. The counts of the processes concerned are lower bounds. */
  readonly allocationsFailed: bigint;
  /** Redirected calls in progress. */
  readonly inFlight: bigint;
  readonly sessions: number;
  readonly sessionsMax: number;
  readonly watches: number;
  readonly watchesMax: number;
  readonly hooks: readonly Hook[];
}

/** A problem that makes the counts wrong or prevents counting. */
export interface Problem {
  readonly code: TrafficErrorCode | 'HOOK_DETACHED' | 'ALLOCATION_FAILED';
  readonly message: string;
  /** How to fix the problem; null if no fix is known. */
  readonly hint: string | null;
}

/** What `status()` found. */
export interface Status {
  /** True: the module is loaded, readable and counting, and has no problems. */
  readonly healthy: boolean;
  readonly loaded: boolean;
  readonly problems: readonly Problem[];
  /** What the module reports about itself; null if that cannot be read. */
  readonly module: ModuleStatus | null;
  /** The module's parameters by name, with the values that are in effect, as sysfs shows them. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What the module and each session watch. */
  readonly programs: readonly Program[];
}

/** `unknown`: the check could not be made. `warning`: counting works, but not as intended. */
export type CheckState = 'ok' | 'failed' | 'warning' | 'unknown';

/** The checks of `doctor()`, in the order in which to fix failures. */
export const CHECK_NAMES = [
  'linux',
  'architecture',
  'kernel',
  'realtime',
  'options',
  'headers',
  'make',
  'compiler',
  'capabilities',
  'modules_disabled',
  'signatures',
  'ftrace',
  'addon',
  'cache',
  'module',
] as const;

export type CheckName = (typeof CHECK_NAMES)[number];

/** One check of this machine and its outcome. */
export interface Check {
  readonly name: CheckName;
  readonly state: CheckState;
  /** What the check found, as a sentence. */
  readonly message: string;
  /** The command or the sentence that fixes a failure; null if there is nothing to fix or no fix is known. */
  readonly remedy: string | null;
}

/** What `doctor()` found. */
export interface Diagnosis {
  /** True: no check failed. */
  readonly healthy: boolean;
  /** Release of the running kernel. */
  readonly kernel: string;
  readonly checks: readonly Check[];
}

/** How a command ended. */
export interface Ending {
  /** The exit status; null if a signal ended the command. */
  readonly exitCode: number | null;
  /** The signal that ended the command, such as `SIGKILL`, or `SIG34` for a real-time signal; null if none did. */
  readonly signal: string | null;
}

/** A command that was started. */
export interface RunningCommand {
  readonly pid: number;
  /** Whether the command has ended. Its PID may then belong to another process. */
  readonly hasEnded: () => boolean;
  /** Sends a signal. Does nothing after the command has ended. */
  readonly kill: (signal: NodeJS.Signals) => void;
}

/** How a command ended, and what it and its descendants sent and received. */
export interface RunResult extends Ending {
  /** The command and its arguments. */
  readonly command: readonly string[];
  readonly startedAt: Timestamp;
  readonly endedAt: Timestamp;
  readonly families: readonly string[];
  readonly engine: string;
  /** The traffic of all processes of the command. */
  readonly traffic: Traffic;
  /** False: `traffic` is a lower bound. `reasons` says why. */
  readonly exact: boolean;
  readonly reasons: readonly string[];
  /** The command and its descendants, in the order in which they started. */
  readonly processes: readonly Process[];
  /** Number of ended processes that are not listed in `processes`. `traffic` includes them. */
  readonly evicted: bigint;
  /** Descendants that still ran when counting ended: when the command ended, or with `wait` when the wait was ended. */
  readonly running: readonly Process[];
  /** Only with the option `flows`: the flows of the listed processes. */
  readonly flows?: readonly ProcessFlows[];
  /** Only with the option `flows`: traffic by remote address. The sum is `traffic.total`. */
  readonly byRemote?: readonly RemoteTraffic[];
  /** Only with the option `flows`: traffic by scope. The sum is `traffic.total`. */
  readonly byScope?: readonly ScopeTraffic[];
}

/**
 * The events that happen after `events()` resolved, as an async iterable. Leaving the loop closes the stream. A reader
 * that falls behind loses the oldest events, and gets an event `lost` with their number.
 */
export interface EventStream extends AsyncIterable<TrafficEvent>, AsyncDisposable {
  /**
   * Iterates over the events until the stream is closed.
   *
   * @throws {TrafficError} ERR_NOT_LOADED if the module is unloaded in the meantime
   */
  [Symbol.asyncIterator](): AsyncGenerator<TrafficEvent, void, undefined>;
  /** Stops the trace and removes its instance. A second call returns the same promise. */
  close(): Promise<void>;
}
