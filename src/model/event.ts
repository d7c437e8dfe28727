// SPDX-License-Identifier: MIT
import type { Timestamp, Transport } from './types';

export const EVENT_KINDS = ['send', 'recv', 'exec', 'exit'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

interface Happened {
  /** Time of the event by the system's clock, with a resolution of microseconds. */
  readonly time: Timestamp;
  /** Number of the CPU on which the event happened. */
  readonly cpu: number;
  /** PID of the process, in the initial PID namespace. */
  readonly pid: number;
  /** ID of the thread that caused the event. */
  readonly tid: number;
  /** The kernel's name of the thread; null if the trace no longer knows it. */
  readonly comm: string | null;
  /**
   * The watched name that the process or its ancestor matched. Null if no name was involved: the watch is by PID
   * (`attach`), or counts the command of a `run()` (`children`).
   */
  readonly program: string | null;
}

/** A counted call that sent or received data. */
export interface TransferEvent extends Happened {
  readonly event: 'send' | 'recv';
  readonly bytes: bigint;
  readonly transport: Transport;
  /** Address family, see {@link Flow.family}. Only `inet` and `inet6` have addresses. */
  readonly family: string;
  readonly localAddress: string | null;
  readonly localPort: number | null;
  readonly remoteAddress: string | null;
  readonly remotePort: number | null;
}

/** A counted process executed a program. */
export interface ExecEvent extends Happened {
  readonly event: 'exec';
  /** Name of the program: the last part of the path given to exec. */
  readonly name: string;
}

/** A counted process ended. A process with several records has one event for each record. */
export interface ExitEvent extends Happened {
  readonly event: 'exit';
  /** {@link Process.id} */
  readonly id: bigint;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly receivedBytes: bigint;
  readonly receivedMessages: bigint;
  readonly sentBytes: bigint;
  readonly sentMessages: bigint;
}

/** Events of one CPU were overwritten before they were read. */
export interface LostEvents {
  readonly event: 'lost';
  readonly cpu: number;
  /** Number of lost events; null if the kernel does not report it. */
  readonly count: bigint | null;
}

export type TrafficEvent = TransferEvent | ExecEvent | ExitEvent | LostEvents;
