// SPDX-License-Identifier: MIT
import { standing } from '../../model/records';
import { NOTHING } from '../../model/traffic';
import type { Counters, Flow, FlowTotal, Process, ProcessFlows, Program, Snapshot } from '../../model/types';

/** A rate of payload in whole bytes per second. */
export interface Rate {
  readonly receivedBytesPerSecond: bigint;
  readonly sentBytesPerSecond: bigint;
}

export const NO_RATE: Rate = { receivedBytesPerSecond: 0n, sentBytesPerSecond: 0n };

/** The rates between two moments. */
export interface Rates {
  /** Nanoseconds between the two. */
  readonly elapsed: bigint;
  readonly processes: ReadonlyMap<bigint, Rate>;
  /** By {@link flowKey}. Empty unless both moments have flows. */
  readonly flows: ReadonlyMap<string, Rate>;
  readonly total: Rate;
}

/** A snapshot and its time, in nanoseconds of a monotonic clock. */
export interface Moment {
  readonly at: bigint;
  readonly snapshot: Snapshot;
}

const NS_PER_S = 1_000_000_000n;

type Bytes = Pick<Counters, 'receivedBytes' | 'sentBytes'>;

/** The bytes between two readings of a counter. A new record may have less than the one that it replaced: that gives 0. */
function difference(before: Bytes, after: Bytes): Bytes {
  const beyond = (a: bigint, b: bigint): bigint => (b > a ? b - a : 0n);
  return {
    receivedBytes: beyond(before.receivedBytes, after.receivedBytes),
    sentBytes: beyond(before.sentBytes, after.sentBytes),
  };
}

function add(parts: Iterable<Bytes>): Bytes {
  let receivedBytes = 0n;
  let sentBytes = 0n;
  for (const part of parts) {
    receivedBytes += part.receivedBytes;
    sentBytes += part.sentBytes;
  }
  return { receivedBytes, sentBytes };
}

function perSecond({ receivedBytes, sentBytes }: Bytes, elapsed: bigint): Rate {
  const each = (bytes: bigint): bigint => (bytes * NS_PER_S + elapsed / 2n) / elapsed;
  return { receivedBytesPerSecond: each(receivedBytes), sentBytesPerSecond: each(sentBytes) };
}

/** Received and sent together. */
export function bothWays({ receivedBytesPerSecond, sentBytesPerSecond }: Rate): bigint {
  return receivedBytesPerSecond + sentBytesPerSecond;
}

/** Whether a rate is exact. Traffic before a process was attached is unknown: the total is a lower bound, the rate is not. */
export function rateIsExact({ exact, reasons }: Pick<Process, 'exact' | 'reasons'>): boolean {
  return exact || (reasons.length > 0 && reasons.every((reason) => reason === 'attached'));
}

/** The key of a flow of a process, or of the traffic of a transport that is in no flow. */
export function flowKey(id: bigint, flow: Flow | FlowTotal): string {
  const ends =
    'family' in flow
      ? [flow.family, flow.netns, flow.localAddress, flow.localPort, flow.remoteAddress, flow.remotePort]
      : [];
  return [id, flow.transport, ...ends.map((part) => part ?? '?')].join(' ');
}

function flowsOf(snapshot: Snapshot): Map<string, Bytes> {
  const parts = (snapshot.flows ?? []).flatMap(({ id, flows, totals }: ProcessFlows) => [
    ...flows.map((flow) => [flowKey(id, flow), flow.counters] as const),
    ...totals.map((total) => [flowKey(id, total), total.unlisted ?? NOTHING] as const),
  ]);
  return new Map(parts);
}

/** Whether two records are the same one. When the module is loaded again, ids start again. */
const isSame = (a: Process, b: Process): boolean => a.id === b.id && a.startedAt === b.startedAt;

const bytesOf = ({ traffic }: Process): Bytes => traffic.total;

/**
 * The traffic of processes that were evicted meanwhile, even if they started and ended between the two moments. The
 * module's own programs still have it. The traffic of a process that only a session watched is lost.
 */
function evictedMeanwhile(before: Snapshot, after: Snapshot, gone: readonly Process[]): Bytes {
  const evicted = ({ total, processes }: Snapshot): Bytes =>
    difference(add(standing(processes).map(({ process }) => bytesOf(process))), total.total);
  const own = new Set(after.programs.filter(({ owner }: Program) => owner === 0).map(({ id }) => id));
  const known = gone.filter(({ watches }) => watches.some((id) => own.has(id)));
  return difference(add([evicted(before), ...known.map(bytesOf)]), evicted(after));
}

/**
 * The rates between two moments of the processes that `select` selects. A process counts from 0 if it is not in the whole
 * earlier snapshot. It may be in no earlier selection, because it joined this one by executing another program.
 */
export function ratesBetween(before: Moment, after: Moment, select: (whole: Snapshot) => Snapshot): Rates {
  const elapsed = after.at > before.at ? after.at - before.at : 1n;
  const known = new Map(before.snapshot.processes.map((process) => [process.id, process]));
  const selected = select(after.snapshot);
  const bytesSince = (process: Process): Bytes => {
    const earlier = known.get(process.id);
    return difference(earlier && isSame(earlier, process) ? bytesOf(earlier) : NOTHING, bytesOf(process));
  };
  const present = new Map(after.snapshot.processes.map((process) => [process.id, process]));
  const earlier = select(before.snapshot);
  const gone = earlier.processes.filter((process) => {
    const now = present.get(process.id);
    return !now || !isSame(now, process);
  });
  const evicted = evictedMeanwhile(earlier, selected, gone);
  const flowsBefore = before.snapshot.flows ? flowsOf(before.snapshot) : null;
  return {
    elapsed,
    processes: new Map(selected.processes.map((process) => [process.id, perSecond(bytesSince(process), elapsed)])),
    flows: new Map(
      flowsBefore &&
        [...flowsOf(selected)].map(([key, bytes]) => [
          key,
          perSecond(difference(flowsBefore.get(key) ?? NOTHING, bytes), elapsed),
        ]),
    ),
    total: perSecond(
      add([...standing(selected.processes).map(({ process }) => bytesSince(process)), evicted]),
      elapsed,
    ),
  };
}
