// SPDX-License-Identifier: MIT
export { TrafficError } from './model/errors';
export { doctor } from './doctor/doctor';
export { events } from './events/events';
export { toJson } from './util/json';
export { build } from './build/build';
export { load } from './module/load';
export { snapshot } from './read/snapshot';
export { status } from './read/status';
export { unload } from './module/unload';
export { monitor } from './session/monitor';
export { measure } from './run/measure';
export { run } from './run/run';
export { sumByRemote, sumByScope } from './model/flows';

export type { TrafficErrorCode, TrafficErrorDetails } from './model/errors';
export type { CheckState } from './doctor/check';
export type { Check, CheckName, Diagnosis } from './doctor/doctor';
export type { EventKind, ExecEvent, ExitEvent, LostEvents, TrafficEvent, TransferEvent } from './model/event';
export type { EventsOptions, EventStream } from './events/events';
export type { BuildOptions, BuildResult } from './build/build';
export type { LoadOptions, LoadResult } from './module/load';
export type { CountingOptions, ModuleOptions, WatchOptions } from './module/parameters';
export type { UnloadOptions } from './module/unload';
export type { AlreadyRunning } from './read/running';
export type { Problem, Status } from './read/status';
export type { Hook, HookState, ModuleState, ModuleStatus } from './read/status-file';
export type { SnapshotOptions } from './read/snapshot';
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
} from './model/types';
