// SPDX-License-Identifier: MIT
import { createStyle } from '../../../../src/cli/format/style';
import type { Size, View } from '../../../../src/cli/watch/frame';
import { listHeight } from '../../../../src/cli/watch/frame';
import { press } from '../../../../src/cli/watch/keys';
import { render } from '../../../../src/cli/watch/live';
import { advance, begin, type State } from '../../../../src/cli/watch/model';
import type { Moment } from '../../../../src/cli/watch/rates';
import { firstReading, nextReading } from '../../../../src/cli/watch/reading';
import type { Flow, Process, ProcessFlows, Program, Snapshot } from '../../../../src/model/types';
import { describe as describeSnapshot } from '../../../../src/read/snapshot';
import { timestamp } from '../../../../src/util/time';
import { aProgram, tcp } from '../../support/rows';

export const SECOND = 1_000_000_000n;

export function aSnapshotOf(
  processes: readonly Process[],
  programs: readonly Program[] = [aProgram({ owner: 0 })],
): Snapshot {
  return { ...describeSnapshot(['inet'], 'tracepoint', processes, programs), takenAt: timestamp(43_200n * SECOND) };
}

export function moment(seconds: number, snapshot: Snapshot): Moment {
  return { at: BigInt(Math.round(seconds * 1e9)), snapshot };
}

export function aFlow(remotePort: number, receivedBytes: bigint, given: Partial<Flow> = {}): Flow {
  return {
    ...{ transport: 'tcp', family: 'inet', netns: 1, scope: 'private' },
    ...{ localAddress: '10.0.0.1', localPort: 80, remoteAddress: '10.0.0.2', remotePort },
    ...{ counters: tcp(receivedBytes, 0n).total, firstUsedAt: timestamp(0n), lastUsedAt: timestamp(0n) },
    ...given,
  };
}

export function flowsOf({ id, pid }: Process, ...flows: readonly Flow[]): ProcessFlows {
  return { id, pid, totals: [], flows };
}

/** The state after snapshots that are a second apart. */
export function stateOf(...snapshots: readonly Snapshot[]): State {
  const [first, ...others] = snapshots.map((snapshot, n) => moment(n, snapshot));
  if (!first) throw new Error('a state needs a snapshot');
  let before = first;
  let state = begin(firstReading(first, []));
  for (const next of others) {
    state = advance(state, nextReading(before, next, []));
    before = next;
  }
  return state;
}

export const size = (columns: number, rows: number): Size => ({ columns, rows });
export const plain: View = { who: [], interval: 1000, style: createStyle(false) };

/** The state after some keys; none of them may end the view. */
export function after(state: State, ...keys: readonly string[]): State {
  return keys.reduce((now, key) => {
    const next = press(now, key, listHeight(size(80, 24)));
    if (next === null) throw new Error(`${key} ended the view`);
    return next;
  }, state);
}

export const screen = (state: State, columns = 80, rows = 24, view = plain): string[] =>
  render(state, size(columns, rows), view);
