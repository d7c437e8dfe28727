// SPDX-License-Identifier: MIT
import { UNLISTED } from '../../model/reasons';
import { byProcess } from '../../model/records';
import type { Process, Program, Snapshot } from '../../model/types';
import { matches } from '../../read/pattern';
import { totalsOf } from '../../read/snapshot';
import { visible } from '../format/style';
import type { Command, Context } from './command';
import { withCommand } from './shell-words';

export const PROCESSES = {
  process: {
    usage: '[process..]',
    options: { type: 'string', describe: 'names of programs or processes, or PIDs; a PID includes its descendants' },
  },
} as const satisfies Command['positionals'];

export interface Selection {
  readonly snapshot: Snapshot;
  /** Words that match no program and no process. */
  readonly unknown: readonly string[];
}

export const isPid = (word: string): boolean => /^\d+$/.test(word);

function named(process: Process, word: string): boolean {
  const { program, comm, exe } = process;
  return program === word || comm === word || (exe !== null && matches(word, exe));
}

/** Whether some processes of a program are no longer listed: they were evicted, or their session took them over. */
function lacks({ id, owner, started, evicted }: Program, { processes }: Snapshot): boolean {
  if (owner === 0) return evicted > 0n;
  return started > BigInt(processes.filter(({ watches }) => watches.includes(id)).length);
}

/** Whether some descendants of a process may be no longer listed, or not be known as its descendants. */
function lacksDescendants(
  { id, rootId, watches }: Process,
  { processes, programs }: Snapshot,
  lacking: ReadonlySet<Program>,
): boolean {
  // A descendant is counted for each of these programs too.
  const following = programs.filter((program) => program.follow && watches.includes(program.id));
  if (following.length > 0 && following.every((program) => lacking.has(program))) return true;
  const listed = new Set(processes.map((process) => process.id));
  return (
    rootId !== id &&
    processes.some((other) => other.rootId === rootId && other.parentId !== null && !listed.has(other.parentId))
  );
}

/**
 * The part of a snapshot that the words name: a PID with all its descendants, a program with everything that is counted
 * for it, a process by its name. Digits are a PID or a name. The selection has all records of a process or none: its
 * total then counts the process as the total of all processes does.
 */
export function select(snapshot: Snapshot, words: readonly string[]): Selection {
  if (words.length === 0) return { snapshot, unknown: [] };
  const programs = snapshot.programs.filter(({ name }) => name !== null && words.includes(name));
  const watched = new Set(programs.map(({ id }) => id));
  const answered = new Set(programs.map(({ name }) => name));
  const chosen = new Set<bigint>();
  const withDescendants = new Set<bigint>();
  const byExecuted = new Set(words.filter((word) => !answered.has(word)));
  const lacking = new Set(snapshot.programs.filter((program) => lacks(program, snapshot)));
  let mayLack = false;
  // Parents start before their children, so they come first.
  for (const records of byProcess(snapshot.processes)) {
    const byPid = words.filter((word) => isPid(word) && records.some(({ pid }) => pid === Number(word)));
    const byName = words.filter((word) => records.some((record) => named(record, word)));
    [...byPid, ...byName].forEach((word) => answered.add(word));
    mayLack ||= byPid.length > 0 && records.some((record) => lacksDescendants(record, snapshot, lacking));
    mayLack ||= byName.some((word) => byExecuted.has(word)) && lacking.size > 0;
    // The parent may be no longer listed. The root of the tree is always known.
    const descends = records.some(
      ({ parentId, rootId }) => withDescendants.has(rootId) || (parentId !== null && withDescendants.has(parentId)),
    );
    const counted = records.some(({ watches }) => watches.some((id) => watched.has(id)));
    if (descends || byPid.length > 0) records.forEach(({ id }) => withDescendants.add(id));
    if (descends || counted || byPid.length > 0 || byName.length > 0) records.forEach(({ id }) => chosen.add(id));
  }
  const processes = snapshot.processes.filter(({ id }) => chosen.has(id));
  const totals = totalsOf(processes, programs, programs.length === snapshot.programs.length);
  return {
    snapshot: {
      ...snapshot,
      processes,
      programs,
      ...totals,
      ...(mayLack && { exact: false, reasons: [...totals.reasons, UNLISTED] }),
      ...(snapshot.flows && { flows: snapshot.flows.filter(({ id }) => chosen.has(id)) }),
    },
    unknown: words.filter((word) => !answered.has(word)),
  };
}

export function sayUnknown(unknown: readonly string[], say: Context['say']): void {
  for (const word of unknown) {
    say(withCommand(`No watched program or process matches '${visible(word)}'. To list them:`, ['show']));
  }
}
