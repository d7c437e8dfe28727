// SPDX-License-Identifier: MIT
import type { Timestamp, Transport } from './types';

export const EVENT_KINDS = ['send', 'recv', 'exec', 'exit'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

interface Happened {
  /** By the system's clock, as exact as a microsecond. */
  readonly time: Timestamp;
  /** The processor it happened on. */
  readonly cpu: number;
  /** PID of the process, in the initial namespace. */
  readonly pid: number;
  /** The thread of it. */
  readonly tid: number;
  /** The kernel's name of the thread; null when it has forgotten it. */
  readonly comm: string | null;
  /** The watched name that the process, or its ancestor, matched; null when it was attached by PID or as a child. */
  readonly program: string | null;
}

/** A call that was counted. */
export interface TransferEvent extends Happened {
  readonly event: 'send' | 'recv';
  readonly bytes: bigint;
  readonly transport: Transport;
  /** As of a flow: see {@link Flow}. Addresses are of `inet` and `inet6` only. */
  readonly family: string;
  readonly localAddress: string | null;
  readonly localPort: number | null;
  readonly remoteAddress: string | null;
  readonly remotePort: number | null;
}

/** A process that is counted executed a program. */
export interface ExecEvent extends Happened {
  readonly event: 'exec';
  /** Of the program: the last part of the path given to exec. */
  readonly name: string;
}

/** A process that was counted ended. One that owners began to watch at different moments has an event for each record. */
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

/** Events of a processor that were overwritten before they were read. */
export interface LostEvents {
  readonly event: 'lost';
  readonly cpu: number;
  /** Null: more than none, and nobody knows how many. */
  readonly count: bigint | null;
}

export type TrafficEvent = TransferEvent | ExecEvent | ExitEvent | LostEvents;
