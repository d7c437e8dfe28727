// SPDX-License-Identifier: MIT
import type { Timestamp } from '../util/time';

export type { Timestamp };

/** Payload that went through the socket layer. Exact unless the process or program says otherwise. */
export interface Counters {
  /** Bytes delivered to the process. */
  readonly receivedBytes: bigint;
  /** Successful receiving calls. */
  readonly receivedMessages: bigint;
  /** Bytes accepted from the process. */
  readonly sentBytes: bigint;
  /** Successful sending calls. */
  readonly sentMessages: bigint;
}

/**
 * Counters by transport. MPTCP is `tcp`; what of `inet` is neither TCP nor UDP (raw, SCTP) is `other`. The families
 * besides `inet` are a transport each, and null where they are not counted.
 */
export interface Traffic {
  /** The sum of all transports that are counted. */
  readonly total: Counters;
  readonly tcp: Counters;
  readonly udp: Counters;
  readonly other: Counters;
  readonly unix: Counters | null;
  readonly packet: Counters | null;
  readonly vsock: Counters | null;
}

export type Transport = Exclude<keyof Traffic, 'total'>;

/** `detached`: it lives, but its traffic is no longer counted. */
export type ProcessState = 'running' | 'exited' | 'detached';
/** How a process came to be monitored. */
export type ProcessSince = 'exec' | 'fork' | 'attach';

/** One monitored process (thread group). Source: a row of `/proc/net_traffic/counters`. */
export interface Process {
  /** Never reused while the module is loaded, unlike a PID. */
  readonly id: bigint;
  /** PID in the initial namespace. */
  readonly pid: number;
  /** `id` of the monitored parent; null for a root. */
  readonly parentId: bigint | null;
  /** `id` of the first monitored ancestor; its own for a root. */
  readonly rootId: bigint;
  readonly ppid: number | null;
  /** PID of the first monitored ancestor. */
  readonly rootPid: number;
  /** The watched name that matched it or its ancestor; null when it was attached by PID or as a child. */
  readonly program: string | null;
  /** For whom it is counted: 0 is the module itself, 1 to 63 are sessions. */
  readonly owners: readonly number[];
  /** `id`s of the programs (see {@link Program}) that it is counted in. */
  readonly watches: readonly bigint[];
  readonly uid: number | null;
  readonly state: ProcessState;
  readonly since: ProcessSince;
  readonly startedAt: Timestamp;
  /** Null while it runs. */
  readonly endedAt: Timestamp | null;
  /** Position in the order of ends; null while it runs. */
  readonly endSeq: bigint | null;
  /**
   * The newest `endSeq` of any process when this record began; null: none had ended. Of two records of a PID the later is
   * of the same process when this is less than the `endSeq` of the earlier.
   */
  readonly startSeq: bigint | null;
  /** Status given to `exit`, 0 to 255; null while it runs, when a signal ended it, or when it is unknown. */
  readonly exitCode: number | null;
  /** Signal that ended it, as `SIGKILL`; null when none did or when it is unknown. */
  readonly signal: string | null;
  readonly traffic: Traffic;
  /** False: the traffic is a lower bound, for the `reasons`. */
  readonly exact: boolean;
  readonly reasons: readonly string[];
  /** The kernel's name of the process: at most 15 bytes. */
  readonly comm: string | null;
  /** Path of the executed file; null when unknown. */
  readonly exe: string | null;
}

/** `name`: a watched name. `attach`, `children`: what came by PID, or as a child of a caller; these have no name. */
export type ProgramKind = 'name' | 'attach' | 'children';

/** One watch and all that it ever brought. Source: a row of `/proc/net_traffic/programs`. */
export interface Program {
  readonly id: bigint;
  /** Null for the unnamed kinds. */
  readonly name: string | null;
  /** 0 is the module itself, 1 to 63 are sessions. */
  readonly owner: number;
  readonly kind: ProgramKind;
  /** Whether children of its processes are counted too. */
  readonly follow: boolean;
  readonly watchedAt: Timestamp;
  /** Processes that ever matched, with followed children. */
  readonly started: bigint;
  readonly running: bigint;
  readonly ended: bigint;
  /** Ended processes whose record had to make room; their traffic stays in the totals here. */
  readonly evicted: bigint;
  /** Of `evicted`, those that were counted for another watch of the same owner too. */
  readonly evictedShared: bigint;
  /** Of `evicted`, those whose traffic was a lower bound. */
  readonly evictedInexact: bigint;
  /** What the evicted processes moved, each in full as its row had it: also from before it was counted here. */
  readonly evictedTraffic: Traffic;
  /** Of `evicted`, those that are in no other program's `evictedOnce`: those of one owner add up to each of them once. */
  readonly evictedOnce: bigint;
  /** What these moved, in full. */
  readonly evictedOnceTraffic: Traffic;
  /** Executions that could not be recorded, for lack of memory. Not 0: the totals are a lower bound. */
  readonly missed: bigint;
  /** The newest {@link Process.endSeq} when this was read: what ended later is not in it. Null: none had ended. */
  readonly endSeq: bigint | null;
  /** The newest {@link Process.endSeq} that was evicted when this was read. Null: none was. */
  readonly evictedSeq: bigint | null;
  /** Never decreases while the watch exists. */
  readonly traffic: Traffic;
}

/** How far away a peer is; null: unknown. `loopback` is this host by any of its addresses, `private` is not routed on the internet. */
export type Scope = 'loopback' | 'private' | 'public';

/** What a process moved between two ends. Source: a row of `/proc/net_traffic/flows`. */
export interface Flow {
  readonly transport: Transport;
  /** `inet`, `inet6`, `unix`, `packet` or `vsock`; an IPv4-mapped IPv6 address is `inet`. */
  readonly family: string;
  /** Inode number of the socket's network namespace, as in `/proc/PID/ns/net`. */
  readonly netns: number;
  /** Null: unknown, or any address. Of vsock it is the CID. */
  readonly localAddress: string | null;
  readonly localPort: number | null;
  /** Null: unknown, as of datagrams of an unconnected socket where the hook does not see it. Never guessed. */
  readonly remoteAddress: string | null;
  readonly remotePort: number | null;
  readonly scope: Scope | null;
  readonly counters: Counters;
  /** To a tick of the kernel, some milliseconds. */
  readonly firstUsedAt: Timestamp;
  readonly lastUsedAt: Timestamp;
}

/** What a process moved by a transport: all of it, and the part of it that is in no flow. */
export interface FlowTotal {
  readonly transport: Transport;
  /** The process's counters in the moment of its flows: the sum of these and of `unlisted`. */
  readonly counters: Counters;
  /** What exceeded `maxFlows`, or found no memory; null when nothing did. */
  readonly unlisted: Counters | null;
}

/** The flows of one process, and its counters of the same moment. */
export interface ProcessFlows {
  /** {@link Process.id}. */
  readonly id: bigint;
  readonly pid: number;
  /** Of each transport that moved something. */
  readonly totals: readonly FlowTotal[];
  /** In the order of their first use. */
  readonly flows: readonly Flow[];
}

/** What was moved with one remote host, by any port and transport. */
export interface RemoteTraffic {
  /** Null: the peer is unknown. */
  readonly address: string | null;
  readonly scope: Scope | null;
  readonly flows: number;
  readonly counters: Counters;
}

export interface ScopeTraffic {
  /** Null: unknown, also what is in no flow. */
  readonly scope: Scope | null;
  readonly counters: Counters;
}

/** What is counted at one moment. */
export interface Snapshot {
  readonly takenAt: Timestamp;
  /** Address families counted; `inet` is IPv4 and IPv6. */
  readonly families: readonly string[];
  /** How transfers are seen: `tracepoint` or `redirect`. */
  readonly engine: string;
  /** In order of `id`: the order in which they appeared. */
  readonly processes: readonly Process[];
  readonly programs: readonly Program[];
  /**
   * Of `snapshot()`: the sum over `processes`, where one that several owners watch is in several rows and in the sum
   * once, and what evicted processes of the module's own programs moved. Of a session: everything that its processes
   * moved since it began, also those no longer listed; it never decreases.
   */
  readonly total: Traffic;
  /** False: `total` is a lower bound, for the `reasons`. */
  readonly exact: boolean;
  readonly reasons: readonly string[];
  /** Ended processes that are no longer in `processes`; `total` has what they moved. */
  readonly evicted: bigint;
  /**
   * With whom the processes moved it, if that was asked for. Of `snapshot()`: read a moment after `processes`, and of
   * a process in several rows those of the one that is in `total`; of a session: a moment before, so that no process
   * has more in its flows than in its counters.
   */
  readonly flows?: readonly ProcessFlows[];
  /** Of a session, with its flows: sums over all its processes, also those no longer listed, that add up to `total`. */
  readonly byRemote?: readonly RemoteTraffic[];
  readonly byScope?: readonly ScopeTraffic[];
}
