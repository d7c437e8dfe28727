// SPDX-License-Identifier: MIT
import { sumCounters } from './traffic';
import type { Counters, Flow, ProcessFlows, RemoteTraffic, Scope, ScopeTraffic } from './types';

const size = ({ receivedBytes, sentBytes }: Counters): bigint => receivedBytes + sentBytes;

/** The larger first. */
export function byAmount(a: { readonly counters: Counters }, b: { readonly counters: Counters }): number {
  const difference = size(b.counters) - size(a.counters);
  return difference < 0n ? -1 : Number(difference > 0n);
}

/** What is in no flow. */
function unlisted(processes: readonly ProcessFlows[]): Counters[] {
  return processes.flatMap(({ totals }) => totals.map((total) => total.unlisted)).filter((part) => part !== null);
}

/** Totals by remote address, the largest first; what is in no flow is with the unknown. */
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
      // The host's own addresses may change: what was private may be loopback now.
      scope: flows[flows.length - 1]?.scope ?? null,
      flows: flows.length,
      counters: sumCounters([...flows.map(({ counters }) => counters), ...(address === null ? rest : [])]),
    }))
    .sort(byAmount);
}

/** Totals by how far away the peer is, each scope once; they add up to the totals of the processes. */
export function sumByScope(processes: readonly ProcessFlows[]): ScopeTraffic[] {
  const flows = processes.flatMap((process) => process.flows);
  const of = (scope: Scope | null): Counters[] =>
    flows.filter((flow) => flow.scope === scope).map(({ counters }) => counters);
  return [
    { scope: 'loopback', counters: sumCounters(of('loopback')) },
    { scope: 'private', counters: sumCounters(of('private')) },
    { scope: 'public', counters: sumCounters(of('public')) },
    { scope: null, counters: sumCounters([...of(null), ...unlisted(processes)]) },
  ];
}

/** The sums of both, the largest first. */
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

/** The sums of both, each scope once. */
export function mergeScopes(a: readonly ScopeTraffic[], b: readonly ScopeTraffic[]): ScopeTraffic[] {
  return sumByScope([]).map(({ scope }) => ({
    scope,
    counters: sumCounters([...a, ...b].filter((part) => part.scope === scope).map(({ counters }) => counters)),
  }));
}
