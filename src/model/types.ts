// SPDX-License-Identifier: MIT
import type { Timestamp } from '../util/time';

export type { Timestamp };

/** Payload that passed the socket layer. Exact unless the process or program says that it is a lower bound. */
export interface Counters {
  /** Payload bytes that the kernel delivered to the process. */
  readonly receivedBytes: bigint;
  /**
   * Number of messages received. A message is one call, inside the kernel, of a socket's receive function, if it
   * transfers payload or an empty datagram. One system call can make several of these calls.
   */
  readonly receivedMessages: bigint;
  /** Payload bytes that the kernel accepted from the process. */
  readonly sentBytes: bigint;
  /**
   * Number of messages sent. A message is one call, inside the kernel, of a socket's send function, if it transfers
   * payload or an empty datagram. One system call can make several of these calls.
   */
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

/** `detached`: the process may still run, but its traffic is no longer counted. */
export type ProcessState = 'running' | 'exited' | 'detached';
/**
 * Why a process is counted. `exec`: it executed a watched program. `fork`: its parent is counted. `attach`: it was attached
 * by PID.
 */
export type ProcessSince = 'exec' | 'fork' | 'attach';

/** A counted process, with all its threads. Source: a row of `/proc/net_traffic/counters`. */
export interface Process {
  /** Number of this record. Unlike a PID, the number is not reused while the module is loaded. */
  readonly id: bigint;
  /** PID in the initial PID namespace. */
  readonly pid: number;
  /** `id` of the parent; null if the parent is not counted. */
  readonly parentId: bigint | null;
  /**
   * `id` of the root of the tree of this process: the oldest ancestor in an unbroken line of counted parents. Its own
   * `id` if the parent is not counted.
   */
  readonly rootId: bigint;
  /** PID of the parent; null if it is unknown. */
  readonly ppid: number | null;
  /** PID of the root: see `rootId`. */
  readonly rootPid: number;
  /**
   * The watched name that the process or its ancestor matched. Null if no name was involved: the watch is by PID
   * (`attach`), or counts the command of a `run()` (`children`).
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
   * The highest `endSeq` that existed when this record began; null if none. It shows whether two records with the
   * same PID are the same process. Let A be the one that began first. If `A.endSeq` is null or greater than `B.startSeq`,
   * A was still counted when B began: same process. Otherwise A had ended or was detached before, and the PID may belong
   * to another process.
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
 * How a watch selects processes. `name`: by the name of the executed file. `attach`: by PID. `children`: as children that
 * one thread starts while it has this turned on. `run()` turns it on only while it starts its command.
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
   * Number of ended processes that the module evicted. It keeps only the records of the last ended processes: as many as
   * `history` of `load()` says. `traffic` still includes the evicted ones.
   */
  readonly evicted: bigint;
  /** How many of the evicted processes another watch of the same owner counted too. */
  readonly evictedShared: bigint;
  /**
   * How many of the evicted processes were counted as a lower bound, or were detached while another owner continued to
   * count them.
   */
  readonly evictedInexact: bigint;
  /**
   * Traffic of the evicted processes since their records began. This can exceed their part of `traffic`: if another watch
   * of the same owner began to count a process earlier, that earlier traffic is included here, but not in `traffic`.
   */
  readonly evictedTraffic: Traffic;
  /**
   * Like `evicted`, but each process is counted in only one watch of an owner. So you can add the values of several
   * watches of one owner. Processes that were detached while another owner continued to count them are left out.
   */
  readonly evictedOnce: bigint;
  /** Traffic of the processes in `evictedOnce`. */
  readonly evictedOnceTraffic: Traffic;
  /**
   * Number of processes (execs and forks) that the module had no memory to record. If it is not 0, the totals are a lower
   * bound.
   */
  readonly missed: bigint;
  /** The highest {@link Process.endSeq} that existed when this row was read; null if none. */
  readonly endSeq: bigint | null;
  /**
   * The highest {@link Process.endSeq} of the records that had already been evicted when this row was read; null if none.
   */
  readonly evictedSeq: bigint | null;
  /** Traffic of all processes of this watch. It never decreases while the watch exists. */
  readonly traffic: Traffic;
}

/**
 * Where a peer is. `loopback`: on this host, by any of its addresses. `private`: at any other address that the internet
 * does not route. `public`: at any other address.
 */
export type Scope = 'loopback' | 'private' | 'public';

/** Traffic of a process between a local and a remote address. Source: a row of `/proc/net_traffic/flows`. */
export interface Flow {
  readonly transport: Transport;
  /** `inet`, `inet6`, `unix`, `packet` or `vsock`. An IPv4-mapped IPv6 address is shown as `inet`. */
  readonly family: string;
  /** Inode number of the socket's network namespace, as shown in `/proc/PID/ns/net`. */
  readonly netns: number;
  /**
   * Address of this end; for vsock, the CID. Null if it is unknown, or if the socket is bound to any address (`0.0.0.0`
   * or `::`).
   */
  readonly localAddress: string | null;
  readonly localPort: number | null;
  /**
   * Address of the peer; for vsock, the CID. Null if it is unknown, for example if the hook cannot see the peer of an
   * unconnected datagram socket.
   */
  readonly remoteAddress: string | null;
  readonly remotePort: number | null;
  /** Where the peer is. Null if the peer is unknown. */
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
  /** Traffic of flows beyond `maxFlows`, and of flows for which there was no memory. Null if there is none. */
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
  /** Address of the peer. Null if the peer is unknown. */
  readonly address: string | null;
  readonly scope: Scope | null;
  /** Number of flows. */
  readonly flows: number;
  readonly counters: Counters;
}

/** Traffic with all peers of one scope. */
export interface ScopeTraffic {
  /** Where the peers are. Null if the peer is unknown, or if the traffic is not listed in any flow. */
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
  /**
   * Sorted by `id`, the order in which their records began. In a result of `snapshot()`, a process has a row (a record)
   * for each owner that counts it. Owners that began at the same moment share a row.
   */
  readonly processes: readonly Process[];
  readonly programs: readonly Program[];
  /**
   * **`snapshot()` and `unload()`**: the sum over `processes`, plus evicted processes that `load()` watched (not those
   * that only sessions watched). A process with several rows is counted once: with the row that began first. Exception:
   * if the owner of that row stopped while another continued, the row with the most traffic is used, and `reasons`
   * include `detached`.
   *
   * **Session**: the traffic of all processes of the session since the session began, also of those no longer listed.
   * It never decreases.
   */
  readonly total: Traffic;
  /** False: `total` is a lower bound. `reasons` says why. */
  readonly exact: boolean;
  readonly reasons: readonly string[];
  /** Number of ended processes that `total` includes although they are no longer in `processes`. */
  readonly evicted: bigint;
  /**
   * Only with the option `flows`: the flows of the processes. **`snapshot()`**: they are read after `processes`. A process
   * with several rows has the flows of the row that `total` includes. **Session**: they are read before `processes`, so
   * that the flows of a process never exceed its counters.
   */
  readonly flows?: readonly ProcessFlows[];
  /** Only in a session with the option `flows`: traffic of all its processes by remote address. The sum is `total`. */
  readonly byRemote?: readonly RemoteTraffic[];
  /** Only in a session with the option `flows`: traffic of all its processes by scope. The sum is `total`. */
  readonly byScope?: readonly ScopeTraffic[];
}
