// SPDX-License-Identifier: MIT
import type { Timestamp } from '../util/time';

export type { Timestamp };

/** Payload that passed the socket layer. Exact unless the process or program says that it is a lower bound. */
export interface Counters {
  /** Payload bytes that the kernel delivered to the process. */
  readonly receivedBytes: bigint;
  /** Number of successful receive calls. */
  readonly receivedMessages: bigint;
  /** Payload bytes that the kernel accepted from the process. */
  readonly sentBytes: bigint;
  /** Number of successful send calls. */
  readonly sentMessages: bigint;
}

/**
 * Counters by transport. `tcp` includes MPTCP. `other` is the traffic of IPv4 and IPv6 that is neither TCP nor UDP, such
 * as raw sockets and SCTP. `unix`, `packet` and `vsock` are address families; they are null if they are not counted.
 */
export interface Traffic {
  /** The sum of all counted transports. */
  readonly total: Counters;
  readonly tcp: Counters;
  readonly udp: Counters;
  readonly other: Counters;
  readonly unix: Counters | null;
  readonly packet: Counters | null;
  readonly vsock: Counters | null;
}

export type Transport = Exclude<keyof Traffic, 'total'>;

/** `detached`: the process still runs, but its traffic is no longer counted. */
export type ProcessState = 'running' | 'exited' | 'detached';
/** Why a process is counted: it executed a watched program, its parent is counted, or it was attached by PID. */
export type ProcessSince = 'exec' | 'fork' | 'attach';

/** A counted process, with all its threads. Source: a row of `/proc/net_traffic/counters`. */
export interface Process {
  /** Number of this record. Unlike a PID it is not reused while the module is loaded. */
  readonly id: bigint;
  /** PID in the initial PID namespace. */
  readonly pid: number;
  /** `id` of the parent; null if the parent is not counted. */
  readonly parentId: bigint | null;
  /** `id` of the first counted ancestor; its own `id` if the parent is not counted. */
  readonly rootId: bigint;
  /** PID of the parent; null if it is unknown. */
  readonly ppid: number | null;
  /** PID of the first counted ancestor. */
  readonly rootPid: number;
  /**
   * The watched name that the process or its ancestor matched. Null if no name was involved: the watch is by PID
   * (`attach`), or counts the children of the session's own process (`children`, as in `run()`).
   */
  readonly program: string | null;
  /** The owners that count the process: 0 is the module itself, for `load()`; 1 to 63 are sessions. */
  readonly owners: readonly number[];
  /** `id` of each {@link Program} that includes the process. */
  readonly watches: readonly bigint[];
  /** User ID; null if it is unknown. */
  readonly uid: number | null;
  readonly state: ProcessState;
  readonly since: ProcessSince;
  readonly startedAt: Timestamp;
  /** When the process ended or was detached; null while it is counted. */
  readonly endedAt: Timestamp | null;
  /** Position in the order in which processes ended or were detached; null while the process is counted. */
  readonly endSeq: bigint | null;
  /**
   * The newest `endSeq` of any process at the time when this record began; null if no process had ended by then. It
   * shows whether two records with the same PID belong to the same process: they do if the earlier record has no
   * `endSeq`, or if its `endSeq` is greater than the `startSeq` of the later record.
   */
  readonly startSeq: bigint | null;
  /** Exit status, 0 to 255; null while the process runs, if a signal ended it, or if the status is unknown. */
  readonly exitCode: number | null;
  /** Signal that ended the process, such as `SIGKILL`; null if none did, or if it is unknown. */
  readonly signal: string | null;
  readonly traffic: Traffic;
  /** False: `traffic` is a lower bound. `reasons` says why. */
  readonly exact: boolean;
  readonly reasons: readonly string[];
  /** The kernel's name of the process: at most 15 bytes. */
  readonly comm: string | null;
  /** Path of the executed file; null if it is unknown. */
  readonly exe: string | null;
}

/**
 * How a watch selects processes: by the name of the executed file, by PID (`attach`), or as the children that the
 * session's own process starts (`children`, used by `run()`).
 */
export type ProgramKind = 'name' | 'attach' | 'children';

/** A watch, and the sums over all processes that it ever selected. Source: a row of `/proc/net_traffic/programs`. */
export interface Program {
  readonly id: bigint;
  /** The watched name; null for the kinds `attach` and `children`. */
  readonly name: string | null;
  /** The owner of the watch: 0 is the module itself, for `load()`; 1 to 63 are sessions. */
  readonly owner: number;
  readonly kind: ProgramKind;
  /** Whether the children of its processes are counted too. */
  readonly follow: boolean;
  readonly watchedAt: Timestamp;
  /** Number of processes that ever matched, including followed children. */
  readonly started: bigint;
  readonly running: bigint;
  readonly ended: bigint;
  /**
   * Number of ended processes that the module evicted: it keeps only the records of the last `history` ended processes.
   * `traffic` still includes the evicted ones.
   */
  readonly evicted: bigint;
  /** The part of `evicted` that another watch of the same owner counted too. */
  readonly evictedShared: bigint;
  /** The part of `evicted` whose traffic was a lower bound. */
  readonly evictedInexact: bigint;
  /**
   * Traffic of the evicted processes, as their rows in `processes` had it. This includes what such a row counted before
   * this watch matched the process.
   */
  readonly evictedTraffic: Traffic;
  /**
   * The evicted processes again, but each process is in only one watch of an owner: the sum of `evictedOnce` over all
   * watches of an owner counts no process twice. Processes that were detached while another owner continued to count
   * them are left out.
   */
  readonly evictedOnce: bigint;
  /** Traffic of the processes in `evictedOnce`. */
  readonly evictedOnceTraffic: Traffic;
  /**
   * Number of processes (execs and forks) that the module had no memory to record. If it is not 0, the totals are a lower
   * bound.
   */
  readonly missed: bigint;
  /** The newest {@link Process.endSeq} when this row was read; null if no process had ended. */
  readonly endSeq: bigint | null;
  /** The newest {@link Process.endSeq} that was evicted when this row was read; null if none was. */
  readonly evictedSeq: bigint | null;
  /** Traffic of all processes of this watch. It never decreases while the watch exists. */
  readonly traffic: Traffic;
}

/** Where a peer is. `loopback`: on this host, by any of its addresses. `private`: in a network not routed on the internet. */
export type Scope = 'loopback' | 'private' | 'public';

/** Traffic of a process between a local and a remote address. Source: a row of `/proc/net_traffic/flows`. */
export interface Flow {
  readonly transport: Transport;
  /** `inet`, `inet6`, `unix`, `packet` or `vsock`. An IPv4-mapped IPv6 address is shown as `inet`. */
  readonly family: string;
  /** Inode number of the socket's network namespace, as shown in `/proc/PID/ns/net`. */
  readonly netns: number;
  /** Null if it is unknown, or if the socket is bound to any address (`0.0.0.0` or `::`). For vsock it is the CID. */
  readonly localAddress: string | null;
  readonly localPort: number | null;
  /** Null if it is unknown, for example if the hook cannot see the peer of an unconnected datagram socket. */
  readonly remoteAddress: string | null;
  readonly remotePort: number | null;
  /** Null if the peer is unknown. */
  readonly scope: Scope | null;
  readonly counters: Counters;
  /** Time of the first transfer, with the resolution of the kernel's tick: a few milliseconds. */
  readonly firstUsedAt: Timestamp;
  readonly lastUsedAt: Timestamp;
}

/** Traffic of a process by one transport, and the part of it that is not listed in any flow. */
export interface FlowTotal {
  readonly transport: Transport;
  /** The sum over the flows of this transport and `unlisted`, all read at the same time. */
  readonly counters: Counters;
  /** Traffic of flows beyond `maxFlows`, or for which there was no memory; null if there is none. */
  readonly unlisted: Counters | null;
}

/** The flows of a process, and its counters, all read at the same time. */
export interface ProcessFlows {
  /** {@link Process.id}. */
  readonly id: bigint;
  readonly pid: number;
  /** One entry for each transport that the process used. */
  readonly totals: readonly FlowTotal[];
  /** In the order in which they were first used. */
  readonly flows: readonly Flow[];
}

/** Traffic with one remote address, by all ports and transports. */
export interface RemoteTraffic {
  /** Null if the peer is unknown. */
  readonly address: string | null;
  readonly scope: Scope | null;
  /** Number of flows. */
  readonly flows: number;
  readonly counters: Counters;
}

/** Traffic with all peers of one scope. */
export interface ScopeTraffic {
  /** Null if the peer is unknown, or if the traffic is not listed in any flow. */
  readonly scope: Scope | null;
  readonly counters: Counters;
}

/** All counters at one moment. */
export interface Snapshot {
  readonly takenAt: Timestamp;
  /** Counted address families; `inet` is IPv4 and IPv6. */
  readonly families: readonly string[];
  /** How the module observes transfers: `tracepoint` or `redirect`. */
  readonly engine: string;
  /** Sorted by `id`, the order in which they appeared. */
  readonly processes: readonly Process[];
  readonly programs: readonly Program[];
  /**
   * In a result of `snapshot()`: the sum over `processes`, plus the evicted processes that `load()` watched. Evicted
   * processes that only sessions watched are not in it. If a process has a row for each of several owners, the sum
   * includes only the row that began first. In a session: the traffic of all its processes since the session began. It
   * includes processes that are no longer listed, and never decreases.
   */
  readonly total: Traffic;
  /** False: `total` is a lower bound. `reasons` says why. */
  readonly exact: boolean;
  readonly reasons: readonly string[];
  /** Number of ended processes that `total` includes although they are no longer in `processes`. */
  readonly evicted: bigint;
  /**
   * Only with the option `flows`: the flows of the processes. In a result of `snapshot()` they are read after
   * `processes`, and a process with several rows has the flows of the row that `total` includes. In a session they are
   * read before `processes`, so that the flows of a process never exceed its counters.
   */
  readonly flows?: readonly ProcessFlows[];
  /** Only in a session with the option `flows`: traffic of all its processes by remote address. The sum is `total`. */
  readonly byRemote?: readonly RemoteTraffic[];
  /** Only in a session with the option `flows`: traffic of all its processes by scope. The sum is `total`. */
  readonly byScope?: readonly ScopeTraffic[];
}
