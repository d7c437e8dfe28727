// SPDX-License-Identifier: MIT
export { TrafficError } from './errors';
export { doctor } from './doctor/doctor';
export { events } from './events/events';
export { toJson } from './json';
export { build } from './module/build';
export { load } from './module/load';
export { snapshot } from './module/snapshot';
export { status } from './module/status';
export { unload } from './module/unload';
export { monitor } from './session/monitor';
export { measure } from './run/measure';
export { run } from './run/run';
export { sumByRemote, sumByScope } from './flows';

export type { TrafficErrorCode, TrafficErrorDetails } from './errors';
export type { CheckState } from './doctor/check';
export type { Check, CheckName, Diagnosis } from './doctor/doctor';
export type { EventKind, ExecEvent, ExitEvent, LostEvents, TrafficEvent, TransferEvent } from './events/event';
export type { EventsOptions, EventStream } from './events/events';
export type { BuildOptions, BuildResult } from './module/build';
export type { LoadOptions, LoadResult } from './module/load';
export type { CountingOptions, ModuleOptions, WatchOptions } from './module/parameters';
export type { UnloadOptions } from './module/unload';
export type { AlreadyRunning } from './module/running';
export type { Problem, Status } from './module/status';
export type { Hook, HookState, ModuleState, ModuleStatus } from './proc/status';
export type { SnapshotOptions } from './module/snapshot';
export type { ChildOptions, Ending, RunningCommand, RunStdio } from './run/child';
export type { CountOptions, RunResult } from './run/count';
export type { MeasureOptions } from './run/measure';
export type { RunOptions } from './run/run';
export type { MonitorOptions } from './session/monitor';
export type { Session, SessionEvents } from './session/session';
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
} from './types';
