// SPDX-License-Identifier: MIT
import { sumCounters } from './traffic';
import type { Counters, Flow, ProcessFlows, RemoteTraffic, Scope, ScopeTraffic } from './types';

export const SCOPES = ['loopback', 'private', 'public'] as const satisfies readonly Scope[];

const size = ({ receivedBytes, sentBytes }: Counters): bigint => receivedBytes + sentBytes;

/** Compares for a sort by bytes, the largest first. */
export function byAmount(a: { readonly counters: Counters }, b: { readonly counters: Counters }): number {
  const difference = size(b.counters) - size(a.counters);
  return difference < 0n ? -1 : Number(difference > 0n);
}

/** The traffic that is not listed in any flow. */
function unlisted(processes: readonly ProcessFlows[]): Counters[] {
  return processes.flatMap(({ totals }) => totals.map((total) => total.unlisted)).filter((part) => part !== null);
}

/**
 * Sums up traffic by remote address, the largest sum first. Traffic that is not listed in any flow is added to the
 * unknown address, null.
 */
export function sumByRemote(processes: readonly ProcessFlows[]): RemoteTraffic[] {
  const remotes = new Map<string | null, Flow[]>();
  for (const flow of processes.flatMap(({ flows }) => flows)) {
    const known = remotes.get(flow.remoteAddress);
    if (known) known.push(flow);
    else remotes.set(flow.remoteAddress, [flow]);
  }
  const rest = unlisted(processes);
  if (rest.length > 0 && !remotes.has(null)) remotes.set(null, []);
  return [...remotes]
    .map(([address, flows]) => ({
      address,
      // The addresses of the host may change, and with them the scope of a remote address. The newest flow has it.
      scope: flows[flows.length - 1]?.scope ?? null,
      flows: flows.length,
      counters: sumCounters([...flows.map(({ counters }) => counters), ...(address === null ? rest : [])]),
    }))
    .sort(byAmount);
}

/**
 * Sums up traffic by scope: loopback, private, public and null for an unknown peer. Each scope is listed, even if its sum
 * is 0. The sums add up to the totals of the processes.
 */
export function sumByScope(processes: readonly ProcessFlows[]): ScopeTraffic[] {
  const flows = processes.flatMap((process) => process.flows);
  const of = (scope: Scope | null): Counters[] =>
    flows.filter((flow) => flow.scope === scope).map(({ counters }) => counters);
  return [
    ...SCOPES.map((scope) => ({ scope, counters: sumCounters(of(scope)) })),
    { scope: null, counters: sumCounters([...of(null), ...unlisted(processes)]) },
  ];
}

/** Adds two lists by remote address, the largest sum first. */
export function mergeRemotes(a: readonly RemoteTraffic[], b: readonly RemoteTraffic[]): RemoteTraffic[] {
  const merged = new Map(a.map((remote) => [remote.address, remote]));
  for (const remote of b) {
    const known = merged.get(remote.address);
    merged.set(remote.address, {
      ...remote,
      flows: remote.flows + (known?.flows ?? 0),
      counters: sumCounters([remote.counters, known?.counters ?? null]),
    });
  }
  return [...merged.values()].sort(byAmount);
}

/** Adds two lists by scope. */
export function mergeScopes(a: readonly ScopeTraffic[], b: readonly ScopeTraffic[]): ScopeTraffic[] {
  return sumByScope([]).map(({ scope }) => ({
    scope,
    counters: sumCounters([...a, ...b].filter((part) => part.scope === scope).map(({ counters }) => counters)),
  }));
}
