// SPDX-License-Identifier: MIT
import { mergeRemotes, mergeScopes, sumByRemote, sumByScope } from '../model/flows';
import { excessCounters, NOTHING, sumCounters } from '../model/traffic';
import type { Counters, Process, ProcessFlows, RemoteTraffic, ScopeTraffic } from '../model/types';

/** With whom the processes of a session moved what they did. */
export interface FlowView {
  /** Of the processes that are listed. */
  readonly flows: readonly ProcessFlows[];
  /** Of all processes of the session. They add up to its total: what is in no flow is with the unknown. */
  readonly byRemote: readonly RemoteTraffic[];
  readonly byScope: readonly ScopeTraffic[];
}

const unknown = (counters: Counters): ProcessFlows => ({
  ...{ id: 0n, pid: 0, flows: [] },
  totals: [{ transport: 'other', counters, unlisted: counters }],
});

/** Takes over flows from the module as the ledger does processes. Pure. */
export class FlowLedger {
  /** Of each process that the module still holds, or that is listed. */
  readonly #flows = new Map<bigint, ProcessFlows>();
  /** Of those that are neither any more. */
  #remotes: readonly RemoteTraffic[] = [];
  #scopes: readonly ScopeTraffic[] = [];

  /**
   * `flows` were read before `held`, so that no process has more in its flows than in its counters.
   *
   * @param held the session's processes that the module showed
   * @param listed those that the session's snapshot shows
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
  return (Object.keys(NOTHING) as (keyof Counters)[]).every((name) => counters[name] === 0n);
}
