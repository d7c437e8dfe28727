// SPDX-License-Identifier: MIT
import type { ChildProcess } from 'node:child_process';
import { buildOn } from './build/build';
import { doctorOn } from './doctor/doctor';
import { eventsOn } from './events/events';
import type {
  BuildOptions,
  EventsOptions,
  LoadOptions,
  MeasureOptions,
  MonitorOptions,
  RunOptions,
  SnapshotOptions,
  UnloadOptions,
} from './model/api-options';
import type { BuildResult, Diagnosis, EventStream, LoadResult, RunResult, Status } from './model/api-results';
import type { Snapshot } from './model/types';
import { loadOn } from './module/load';
import { unloadOn } from './module/unload';
import { statusOn } from './read/module-status';
import { snapshotOn } from './read/snapshot';
import { measureOn } from './run/measure';
import { runOn } from './run/run';
import { monitorOn } from './session/monitor';
import type { Session } from './session/session';
import { thisHost } from './system/host';

/**
 * Runs a command and counts everything that it and its descendants send and receive, from the first instruction to the
 * end of the command. Loads the module if it is not loaded, and unloads it afterwards if nothing else uses it.
 *
 * @param command a path, or a name that is looked up in PATH
 * @param args the arguments of the command; default: none
 * @throws {TrafficError} ERR_COMMAND if the command cannot be executed, and each error of {@link monitor}
 */
export function run(command: string, args: readonly string[] = [], options: RunOptions = {}): Promise<RunResult> {
  return runOn(thisHost, command, args, options);
}

/**
 * Counts a running child process and everything that it starts, from now until it ends. The result is a lower bound,
 * because the traffic before this call is unknown. {@link run} starts the command itself and is exact.
 *
 * @throws {TrafficError} ERR_NO_PROCESS if the child has ended; ERR_INVALID_ARGUMENT if it was never started, or if this
 * process is in a PID namespace of its own; and each error of {@link monitor}
 */
export function measure(child: ChildProcess, options: MeasureOptions = {}): Promise<RunResult> {
  return measureOn(thisHost, child, options);
}

/**
 * Starts a session that counts what programs and processes send and receive. Loads the module if it is not loaded. The
 * session's `close()` unloads the module if a session loaded it, in this process or another, and nothing else uses it.
 * Sessions do not affect each other. When this process ends, in whatever way, the kernel ends its sessions.
 *
 * @throws {TrafficError} ERR_INVALID_ARGUMENT; ERR_NO_PROCESS if a PID does not exist; ERR_CONFLICT if the module is
 * loaded with another engine or other families; ERR_LIMIT if the module has no room for the session; ERR_STOPPED if the
 * module was stopped; ERR_PERMISSION; and each error of {@link build} and {@link load} if the module must be loaded
 */
export function monitor(options: MonitorOptions): Promise<Session> {
  return monitorOn(thisHost, options);
}

/**
 * Reads what the module counts now, for `load()` and for all sessions of all processes.
 *
 * @throws {TrafficError} ERR_NOT_LOADED; ERR_PERMISSION; ERR_ABI; ERR_NOT_LINUX; ERR_LIMIT if processes end faster than
 * the module's files can be read
 */
export function snapshot(options: SnapshotOptions = {}): Promise<Snapshot> {
  return snapshotOn(thisHost, options);
}

/**
 * Follows transfers, executions and exits as the module counts them, of all watched processes. Counting does not change.
 * The module must be loaded.
 *
 * @throws {TrafficError} ERR_NOT_LOADED; ERR_PERMISSION; ERR_LOCKDOWN; ERR_INVALID_ARGUMENT; ERR_ABI if the loaded module
 * has no trace events; ERR_SYSTEM if tracefs is not mounted
 */
export function events(options: EventsOptions = {}): Promise<EventStream> {
  return eventsOn(thisHost, options);
}

/**
 * Builds the module if need be, loads it, and watches programs and processes. If the module is loaded already, adds them
 * to what it watches. They stay watched until {@link unload}.
 *
 * @throws {TrafficError} ERR_INVALID_ARGUMENT; ERR_CONFLICT if the module is loaded with other parameters; ERR_PERMISSION;
 * ERR_LOCKDOWN; ERR_SIGNATURE; ERR_KERNEL_MISMATCH; ERR_NO_PROCESS; ERR_LIMIT; ERR_STOPPED; and each error of {@link build}
 */
export function load(options: LoadOptions): Promise<LoadResult> {
  return loadOn(thisHost, options);
}

/**
 * Stops counting, reads the final totals and unloads the module.
 *
 * @returns the final totals; null if the loaded module has another version, whose files this package cannot read
 * @throws {TrafficError} ERR_NOT_LOADED; ERR_IN_USE if a session is open, if trace events of the module are enabled, or if
 * calls inside the module do not return; ERR_PERMISSION; ERR_LOCKDOWN
 */
export function unload(options: UnloadOptions = {}): Promise<Snapshot | null> {
  return unloadOn(thisHost, options);
}

/**
 * Builds the module from the source in this package, unless the cache has it. The cache of root is
 * `/var/cache/lkm-traffic`; that of another user is `$XDG_CACHE_HOME/lkm-traffic`, and root does not load modules from
 * there.
 *
 * @throws {TrafficError} ERR_NO_HEADERS; ERR_BUILD; ERR_PERMISSION; ERR_INVALID_ARGUMENT; ERR_NOT_LINUX
 */
export function build(options: BuildOptions = {}): Promise<BuildResult> {
  return buildOn(thisHost, options);
}

/** Reports what is loaded and watched, which hooks are attached, and what is wrong. A problem does not reject. */
export function status(): Promise<Status> {
  return statusOn(thisHost);
}

/** Checks each requirement of this package on this machine, and finds the fix for what fails. Changes nothing. */
export function doctor(): Promise<Diagnosis> {
  return doctorOn(thisHost);
}

export { TrafficError } from './model/errors';
export { sumByRemote, sumByScope } from './model/flows';
export { toJson } from './util/json';

export type { TrafficErrorCode, TrafficErrorDetails } from './model/errors';
export type { EventKind, ExecEvent, ExitEvent, LostEvents, TrafficEvent, TransferEvent } from './model/event';
export type {
  BuildOptions,
  ChildOptions,
  CountingOptions,
  CountOptions,
  EventsOptions,
  LoadOptions,
  MeasureOptions,
  ModuleOptions,
  MonitorOptions,
  RunOptions,
  RunStdio,
  SnapshotOptions,
  UnloadOptions,
  WatchOptions,
} from './model/api-options';
export type {
  AlreadyRunning,
  BuildResult,
  Check,
  CheckName,
  CheckState,
  Diagnosis,
  Ending,
  EventStream,
  Hook,
  HookState,
  LoadResult,
  ModuleState,
  ModuleStatus,
  Problem,
  RunningCommand,
  RunResult,
  Status,
} from './model/api-results';
export type {
  Counters,
  Flow,
  FlowTotal,
  Process,
  ProcessFlows,
  ProcessSince,
  ProcessState,
  Program,
  ProgramKind,
  RemoteTraffic,
  Scope,
  ScopeTraffic,
  Snapshot,
  Timestamp,
  Traffic,
  Transport,
} from './model/types';
export type { Session, SessionEvents } from './session/session';
