// SPDX-License-Identifier: MIT
import type { Process } from '../../model/types';

export const SORTS = ['start', 'pid', 'name', 'received', 'sent', 'total'] as const;
export type Sort = (typeof SORTS)[number];

export interface Branch {
  readonly process: Process;
  /** The branches to print before its name, such as `├─ `; empty for a root. */
  readonly prefix: string;
}

export type Compare = (a: Process, b: Process) => number;

export const bySize = (a: bigint, b: bigint): number => (a < b ? -1 : Number(a > b));
const byStart: Compare = (a, b) => bySize(a.id, b.id);
const total = ({ traffic }: Process): bigint => traffic.total.receivedBytes + traffic.total.sentBytes;

/** The orders of processes. By amount, the largest comes first. */
export const COMPARE: Readonly<Record<Sort, Compare>> = {
  start: byStart,
  pid: (a, b) => a.pid - b.pid,
  name: (a, b) => (a.comm ?? '').localeCompare(b.comm ?? ''),
  received: (a, b) => bySize(b.traffic.total.receivedBytes, a.traffic.total.receivedBytes),
  sent: (a, b) => bySize(b.traffic.total.sentBytes, a.traffic.total.sentBytes),
  total: (a, b) => bySize(total(b), total(a)),
};

/** Processes below their parents, siblings sorted. A process whose parent is not in the list is a root. */
export function asTree(processes: readonly Process[], by: Compare): Branch[] {
  const compare: Compare = (a, b) => by(a, b) || byStart(a, b);
  const present = new Set(processes.map(({ id }) => id));
  const children = new Map<bigint | null, Process[]>();
  for (const process of [...processes].sort(compare)) {
    const parent = process.parentId !== null && present.has(process.parentId) ? process.parentId : null;
    const siblings = children.get(parent);
    if (siblings) siblings.push(process);
    else children.set(parent, [process]);
  }
  const branches: Branch[] = [];
  // Not recursive: a chain of forks may be deeper than the call stack.
  const stack = (children.get(null) ?? []).map((process) => ({ process, prefix: '', margin: '' })).reverse();
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { process, prefix, margin } = top;
    branches.push({ process, prefix });
    const below = children.get(process.id) ?? [];
    below
      .map((child, index) => {
        const last = index === below.length - 1;
        return {
          process: child,
          prefix: `${margin}${last ? '└─ ' : '├─ '}`,
          margin: `${margin}${last ? '   ' : '│  '}`,
        };
      })
      .reverse()
      .forEach((child) => stack.push(child));
  }
  return branches;
}
