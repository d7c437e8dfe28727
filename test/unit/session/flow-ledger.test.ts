// SPDX-License-Identifier: MIT
import { NOTHING, sumCounters } from '../../../src/model/traffic';
import type { Counters, Process, ProcessFlows, Scope } from '../../../src/model/types';
import { FlowLedger } from '../../../src/session/flow-ledger';
import { timestamp } from '../../../src/util/time';
import { aProcess, tcp } from '../support/rows';

const received = (receivedBytes: bigint): Counters => ({ ...NOTHING, receivedBytes });

function flowsOf(id: bigint, ...parts: readonly [address: string, scope: Scope | null, bytes: bigint][]): ProcessFlows {
  const flows = parts.map(([remoteAddress, scope, bytes]) => ({
    ...{ transport: 'tcp' as const, family: 'inet', netns: 1, localAddress: null, localPort: null, remotePort: 80 },
    ...{ remoteAddress, scope, counters: received(bytes) },
    ...{ firstUsedAt: timestamp(0n), lastUsedAt: timestamp(0n) },
  }));
  const counters = sumCounters(flows.map((flow) => flow.counters));
  return { id, pid: 1000 + Number(id), flows, totals: [{ transport: 'tcp', counters, unlisted: null }] };
}

const processes = (...ids: bigint[]): Process[] => ids.map((id) => aProcess({ id, traffic: tcp(0n) }));
const scopes = (ledger: FlowLedger, listed: Process[], total: bigint): Record<string, bigint> =>
  Object.fromEntries(
    ledger
      .view(listed, received(total))
      .byScope.map(({ scope, counters }) => [scope ?? 'unknown', counters.receivedBytes]),
  );

test('lists only the flows of the processes of the session', () => {
  const ledger = new FlowLedger();
  const own = processes(1n);
  ledger.update([flowsOf(1n, ['10.0.0.1', 'private', 5n]), flowsOf(2n, ['10.0.0.1', 'private', 7n])], own, own);
  const { flows, byRemote } = ledger.view(own, received(5n));
  expect(flows.map(({ id }) => id)).toEqual([1n]);
  expect(byRemote).toMatchObject([{ address: '10.0.0.1', flows: 1, counters: { receivedBytes: 5n } }]);
});

test('keeps a process that is no longer listed in the sums, once', () => {
  const ledger = new FlowLedger();
  const first = flowsOf(1n, ['10.0.0.1', 'private', 5n], ['192.0.2.1', 'public', 7n]);
  const second = flowsOf(2n, ['10.0.0.1', 'private', 1n]);
  // The module holds 1 for a sample longer than the session lists it.
  ledger.update([first], processes(1n), processes(1n));
  ledger.update([first, second], processes(1n, 2n), processes(2n));
  for (let sample = 0; sample < 3; sample += 1) ledger.update([second], processes(2n), processes(2n));
  const { flows, byRemote } = ledger.view(processes(2n), received(13n));
  expect(flows.map(({ id }) => id)).toEqual([2n]);
  expect(byRemote.map(({ address, flows: count, counters }) => [address, count, counters.receivedBytes])).toEqual([
    ['192.0.2.1', 1, 7n],
    ['10.0.0.1', 2, 6n],
  ]);
  expect(scopes(ledger, processes(2n), 13n)).toEqual({ loopback: 0n, private: 6n, public: 7n, unknown: 0n });
});

test('adds traffic without a flow to the unknown peer, so that the sums are the total', () => {
  const ledger = new FlowLedger();
  const own = processes(1n);
  ledger.update([flowsOf(1n, ['127.0.0.1', 'loopback', 5n])], own, own);
  expect(scopes(ledger, own, 105n)).toEqual({ loopback: 5n, private: 0n, public: 0n, unknown: 100n });
  expect(ledger.view(own, received(105n)).byRemote).toMatchObject([
    { address: null, flows: 0, counters: { receivedBytes: 100n } },
    { address: '127.0.0.1', counters: { receivedBytes: 5n } },
  ]);
});

test('replaces the counts of a flow by newer ones', () => {
  const ledger = new FlowLedger();
  const own = processes(1n);
  for (const bytes of [5n, 8n]) ledger.update([flowsOf(1n, ['127.0.0.1', 'loopback', bytes])], own, own);
  expect(scopes(ledger, own, 8n)['loopback']).toBe(8n);
});
