// SPDX-License-Identifier: MIT
import { mergeRemotes, mergeScopes, sumByRemote, sumByScope } from '../model/flows';
import { COUNTERS, excessCounters, sumCounters } from '../model/traffic';
import type { Counters, Process, ProcessFlows, RemoteTraffic, ScopeTraffic, Snapshot } from '../model/types';

/** The part of a snapshot that this ledger keeps. Traffic that is not listed in any flow is added to the unknown peer. */
type FlowView = Required<Pick<Snapshot, 'flows' | 'byRemote' | 'byScope'>>;

const unknown = (counters: Counters): ProcessFlows => ({
  ...{ id: 0n, pid: 0, flows: [] },
  totals: [{ transport: 'other', counters, unlisted: counters }],
});

/** Keeps the flows of a session, so that the module can clear its records. Has no side effects. */
export class FlowLedger {
  /** The flows of each process that the module still has, or that is listed. */
  readonly #flows = new Map<bigint, ProcessFlows>();
  /** The sums over all other processes. */
  #remotes: readonly RemoteTraffic[] = [];
  #scopes: readonly ScopeTraffic[] = [];

  /**
   * `flows` must be read before `held`, so that the flows of a process never exceed its counters.
   *
   * @param held the session's processes in the module
   * @param listed the processes in the session's snapshot
   */
  update(flows: readonly ProcessFlows[], held: readonly Process[], listed: readonly Process[]): void {
    const ours = new Set(held.map(({ id }) => id));
    for (const process of flows) if (ours.has(process.id)) this.#flows.set(process.id, process);
    for (const { id } of listed) ours.add(id);
    const gone = [...this.#flows].filter(([id]) => !ours.has(id));
    for (const [id] of gone) this.#flows.delete(id);
    this.#fold(gone.map(([, process]) => process));
  }

  view(listed: readonly Process[], total: Counters): FlowView {
    const all = [...this.#flows.values()];
    const seen = mergeScopes(this.#scopes, sumByScope(all));
    const left = excessCounters(total, sumCounters(seen.map(({ counters }) => counters)));
    const rest = isNothing(left) ? [] : [unknown(left)];
    return {
      flows: listed.map(({ id }) => this.#flows.get(id)).filter((process) => process !== undefined),
      byRemote: mergeRemotes(this.#remotes, sumByRemote([...all, ...rest])),
      byScope: mergeScopes(seen, sumByScope(rest)),
    };
  }

  #fold(processes: readonly ProcessFlows[]): void {
    if (processes.length === 0) return;
    this.#remotes = mergeRemotes(this.#remotes, sumByRemote(processes));
    this.#scopes = mergeScopes(this.#scopes, sumByScope(processes));
  }
}

function isNothing(counters: Counters): boolean {
  return COUNTERS.every((name) => counters[name] === 0n);
}
