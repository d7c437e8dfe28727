// SPDX-License-Identifier: MIT
import { evictedInexactIn, IN_WORDS, missedIn } from '../../model/reasons';
import type { Counters, Process, Program, Snapshot, Timestamp } from '../../model/types';
import { fullAmount } from '../../util/units';
import { visible, type Style } from './style';

const FAMILY_NAMES: Readonly<Record<string, string>> = {
  inet: 'inet (IPv4 and IPv6)',
  unix: 'AF_UNIX',
  packet: 'AF_PACKET',
  vsock: 'AF_VSOCK',
};

/** The last line of every report for people: what the numbers are. */
export function whatIsCounted(families: readonly string[]): string {
  const names = families.map((family) => FAMILY_NAMES[family] ?? family).join(', ');
  return `Counted: payload bytes of ${names}; no headers, handshakes or retransmissions.`;
}

/** `received 175 bytes, sent 175 bytes`; a lower bound has `at least`. */
export function receivedAndSent({ receivedBytes, sentBytes }: Counters, exact: boolean, { units }: Style): string {
  const atLeast = exact ? '' : 'at least ';
  return `received ${atLeast}${fullAmount(receivedBytes, units)}, sent ${atLeast}${fullAmount(sentBytes, units)}`;
}

/** A time in whole seconds. The JSON has the nanoseconds. */
export function brief(time: Timestamp): string {
  return `${time.slice(0, 19)}Z`;
}

export function countOf(count: bigint | number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 || count === 1n ? noun : plural}`;
}

/** `running`, `exited 0`, `SIGKILL`, `detached` */
export function stateOf({ state, exitCode, signal }: Process): string {
  if (signal !== null) return signal;
  return exitCode === null ? state : `${state} ${exitCode}`;
}

/** The title of a watch: its name, or the way in which it finds processes. */
export function programTitle({ name, kind }: Pick<Program, 'name' | 'kind'>): string {
  if (name !== null) return visible(name);
  return kind === 'attach' ? '(by PID)' : '(spawned)';
}

export function ownerTitle(owner: number): string {
  return owner === 0 ? 'module' : `session ${owner}`;
}

/** `module, session 1` */
export function ownersTitle(owners: readonly number[]): string {
  return owners.map(ownerTitle).join(', ');
}

/** `since 2026-01-31T12:00:00Z, never executed` */
export function watchHistory({ watchedAt, started, running, kind, missed }: Program): string {
  const seen =
    started === 0n
      ? kind === 'name'
        ? 'never executed'
        : 'no process yet'
      : `${countOf(started, 'process', 'processes')}, ${running} running`;
  const lost = missed === 0n ? '' : `; ${missed} could not be recorded`;
  return `since ${brief(watchedAt)}, ${seen}${lost}`;
}

/** What to do if there is no process to show. */
export function whatNext({ programs }: Pick<Snapshot, 'programs'>): string {
  const names = programs.filter(({ kind }) => kind === 'name').map((program) => programTitle(program));
  return names.length === 0
    ? 'Nothing is watched. To watch a program: lkm-traffic load --fname=NAME'
    : `No process of ${names.join(', ')} has run yet. Start one now, or count one that already runs: lkm-traffic load --pid PID`;
}

/** A reason with its explanation, such as `attached: …`. */
export function inWords(reason: string): string {
  const words = IN_WORDS[reason];
  return words === undefined ? visible(reason) : `${reason}: ${words}`;
}

/** Why numbers of a snapshot are lower bounds, one line per reason. Some of them are not in the total, only in a row. */
export function whyInexact({ processes, programs, reasons }: Snapshot): string[] {
  const all = [
    ...[...processes.flatMap((process) => process.reasons), ...reasons],
    ...[...missedIn(programs), ...evictedInexactIn(programs)],
  ];
  return [...new Set(all)].map(inWords);
}
