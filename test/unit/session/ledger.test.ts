// SPDX-License-Identifier: MIT
import type { Program } from '../../../src/model/types';
import { Ledger } from '../../../src/session/ledger';
import { aProcess, aProgram, ended, tcp } from '../support/rows';

const ids = (processes: readonly { readonly id: bigint }[]): bigint[] => processes.map(({ id }) => id);

test('reports each process once as appeared and once as ended', () => {
  const ledger = new Ledger(1, 10);
  const process = aProcess({ id: 1n });
  const programs = [aProgram({ started: 1n })];
  const first = ledger.update([process], programs);
  const second = ledger.update([process], programs);
  const third = ledger.update([ended(process, 5n)], programs);
  const fourth = ledger.update([ended(process, 5n)], programs);
  expect([first, second, third, fourth].map(({ appeared }) => ids(appeared))).toEqual([[1n], [], [], []]);
  expect([first, second, third, fourth].map((changes) => ids(changes.ended))).toEqual([[], [], [1n], []]);
  expect(third.clearThrough).toBeNull();
  expect(fourth.clearThrough).toBe(5n);
});

test('does not clear a process that ended during a sample before its last counts are read', () => {
  const ledger = new Ledger(1, 10);
  const programs = [aProgram({ started: 2n })];
  // The reader passes 1 while it runs; it ends, then 2 ends, and is shown as ended.
  const torn = ledger.update([aProcess({ id: 1n }), ended(aProcess({ id: 2n }), 11n)], programs);
  expect(torn.clearThrough).toBeNull();
  const next = ledger.update([ended(aProcess({ id: 1n }), 10n, tcp(35n)), ended(aProcess({ id: 2n }), 11n)], programs);
  expect(next.clearThrough).toBe(11n);
  expect(ledger.view()).toMatchObject({ exact: true, total: { total: { receivedBytes: 35n } } });
});

test('reports a process that lived between two samples as appeared and ended', () => {
  const ledger = new Ledger(1, 10);
  const { appeared, ended: gone } = ledger.update(
    [ended(aProcess({ id: 1n }), 1n, tcp(35n))],
    [aProgram({ started: 1n })],
  );
  expect([ids(appeared), ids(gone)]).toEqual([[1n], [1n]]);
  expect(ledger.view().total.total.receivedBytes).toBe(35n);
});

test('keeps the totals after the module has cleared the record', () => {
  const ledger = new Ledger(1, 10);
  const programs = [aProgram({ started: 1n, traffic: tcp(175n) })];
  ledger.update([ended(aProcess({ id: 1n }), 1n, tcp(175n))], programs);
  ledger.update([], programs);
  const view = ledger.view();
  expect(view.total.total).toMatchObject({ receivedBytes: 175n, sentBytes: 175n });
  expect(ids(view.processes)).toEqual([1n]);
  expect(view).toMatchObject({ exact: true, evicted: 0n });
});

test('lists the newest ended processes and counts the others', () => {
  const ledger = new Ledger(1, 2);
  for (let id = 1n; id <= 5n; id += 1n) {
    ledger.update([ended(aProcess({ id }), id, tcp(10n))], [aProgram({ started: id, traffic: tcp(id * 10n) })]);
  }
  const view = ledger.view();
  expect(ids(view.processes)).toEqual([4n, 5n]);
  expect(view.evicted).toBe(3n);
  expect(view.total.total.receivedBytes).toBe(50n);
  expect(view.exact).toBe(true);
});

test('ignores processes of other owners', () => {
  const ledger = new Ledger(1, 10);
  const other = aProcess({ id: 1n, owners: [0, 2], watches: [11n], traffic: tcp(1n) });
  const shared = aProcess({ id: 2n, owners: [0, 1], watches: [11n, 10n], traffic: tcp(2n) });
  const programs = [aProgram({ started: 1n }), aProgram({ id: 11n, owner: 0, name: 'of another', started: 2n })];
  ledger.update([other, shared], programs);
  const { processes, programs: seen, total } = ledger.view();
  expect(ids(processes)).toEqual([2n]);
  expect(ids(seen)).toEqual([10n]);
  expect(processes[0]).toMatchObject({ program: 'server.out', watches: [10n] });
  expect(total.total.receivedBytes).toBe(2n);
});

test('names a process by its earliest own watch that has a name', () => {
  const ledger = new Ledger(1, 10);
  const programs = [
    aProgram({ id: 12n, name: 'later' }),
    aProgram({ id: 9n, name: null, kind: 'attach' }),
    aProgram({ id: 11n, name: 'earlier' }),
  ];
  ledger.update([aProcess({ id: 1n, program: 'of another', watches: [12n, 9n, 11n] })], programs);
  expect(ledger.view().processes[0]).toMatchObject({ program: 'earlier', watches: [9n, 11n, 12n] });
});

test('names a process by the name that matched first, unless it belongs to another owner', () => {
  const ledger = new Ledger(1, 10);
  const programs = [aProgram({ id: 3n, name: 'node' }), aProgram({ id: 4n, name: 'npm' })];
  ledger.update(
    [
      aProcess({ id: 1n, program: 'npm', watches: [3n, 4n] }),
      aProcess({ id: 2n, program: 'sh', owners: [1, 2], watches: [2n, 3n] }),
    ],
    programs,
  );
  expect(ledger.view().processes.map(({ program }) => program)).toEqual(['npm', 'node']);
});

test('includes what was evicted unseen in the totals, and makes them a lower bound', () => {
  const ledger = new Ledger(1, 10);
  const seen = ended(aProcess({ id: 9n }), 9n, tcp(10n));
  ledger.update([seen], [aProgram({ started: 4n, ended: 4n, endSeq: 9n, traffic: tcp(100n) })]);
  expect(ledger.view()).toMatchObject({ evicted: 3n, exact: false, total: { total: { receivedBytes: 100n } } });
  expect(ledger.view().reasons).toEqual(['evicted']);
});

test('keeps a reason after its process is no longer listed', () => {
  const ledger = new Ledger(1, 1);
  const bound = { exact: false, reasons: ['zcrx'] };
  const rows = [
    ended(aProcess({ id: 1n, ...bound }), 1n),
    ended(aProcess({ id: 2n }), 2n),
    aProcess({ id: 3n, ...bound }),
  ];
  ledger.update(rows, [aProgram({ started: 3n, running: 1n, ended: 2n, endSeq: 2n })]);
  expect(ids(ledger.view().processes)).toEqual([2n, 3n]);
  expect(ledger.view()).toMatchObject({ exact: false, reasons: ['zcrx'] });
});

test('reports a process that was evicted before its end was read once as ended, as a lower bound', () => {
  const ledger = new Ledger(1, 10);
  ledger.update([aProcess({ id: 1n, traffic: tcp(10n) })], [aProgram({ started: 1n, traffic: tcp(10n) })]);
  const over = [aProgram({ started: 1n, ended: 1n, endSeq: 3n, traffic: tcp(70n) })];
  const { ended: gone } = ledger.update([], over);
  expect(gone).toMatchObject([{ id: 1n, state: 'exited', exact: false, reasons: ['evicted'] }]);
  expect(ledger.update([], over).ended).toEqual([]);
  expect(ledger.view()).toMatchObject({ exact: false, evicted: 0n, total: { total: { receivedBytes: 70n } } });
});

test('never decreases the total, even if running processes were read after their program', () => {
  const ledger = new Ledger(1, 10);
  const live = aProcess({ id: 1n, traffic: tcp(10n) });
  const counted = { started: 3n, running: 1n, ended: 2n, endSeq: 2n };
  ledger.update([live], [aProgram({ ...counted, traffic: tcp(60n) })]);
  const before = ledger.view().total.total.receivedBytes;
  expect(before).toBe(60n);
  ledger.update([{ ...live, traffic: tcp(40n) }], [aProgram({ ...counted, traffic: tcp(70n) })]);
  expect(ledger.view().total.total.receivedBytes).toBeGreaterThanOrEqual(before);
});

describe('evicted unseen', () => {
  const root = aProcess({ id: 1n });
  const begun = aProgram({ started: 1n, running: 1n });
  const lost = aProgram({ started: 3n, running: 1n, ended: 2n, endSeq: 3n, evicted: 1n, traffic: tcp(100n) });
  const kept = ended(aProcess({ id: 3n }), 3n, tcp(10n));

  test('is noticed even if another process begins before the rows are read', () => {
    const ledger = new Ledger(1, 10);
    ledger.update([root], [begun]);
    ledger.update([root, kept, aProcess({ id: 4n })], [lost]);
    expect(ledger.view()).toMatchObject({ evicted: 1n, exact: false, total: { total: { receivedBytes: 100n } } });
  });

  test('is empty if processes end after their program was read', () => {
    const ledger = new Ledger(1, 10);
    ledger.update([root], [begun]);
    const late = [ended(root, 1n, tcp(5n)), ended(aProcess({ id: 2n }), 2n, tcp(6n))];
    ledger.update(late, [begun]);
    ledger.update(late, [aProgram({ started: 2n, ended: 2n, endSeq: 2n, traffic: tcp(11n) })]);
    expect(ledger.view()).toMatchObject({ evicted: 0n, exact: true, total: { total: { receivedBytes: 11n } } });
  });

  test('includes what ended before its program was read, not what ended after it', () => {
    const ledger = new Ledger(1, 10);
    ledger.update([root], [begun]);
    ledger.update([ended(root, 4n), kept], [lost]);
    expect(ledger.view()).toMatchObject({ evicted: 1n, exact: false });
  });

  test('includes what ran when its program was read and was gone when the rows were read', () => {
    const ledger = new Ledger(1, 10);
    ledger.update([], [aProgram({ started: 1n, running: 1n, traffic: tcp(8n) })]);
    expect(ledger.view()).toMatchObject({ evicted: 1n, exact: false, total: { total: { receivedBytes: 8n } } });
    ledger.update([], [aProgram({ started: 1n, ended: 1n, endSeq: 1n, traffic: tcp(9n) })]);
    expect(ledger.view()).toMatchObject({ evicted: 1n, total: { total: { receivedBytes: 9n } } });
  });

  test('counts a process in two watches once', () => {
    const ledger = new Ledger(1, 10);
    const other = { id: 11n, name: 'curl', started: 1n, ended: 1n, endSeq: 3n, traffic: tcp(95n) };
    ledger.update([root, kept], [lost, aProgram(other)]);
    expect(ledger.view()).toMatchObject({ evicted: 1n, exact: false, total: { total: { receivedBytes: 105n } } });
  });

  test('counts the last traffic of a process in two watches once, even before they show its eviction', () => {
    const ledger = new Ledger(1, 10);
    const watches = [10n, 11n];
    const running = (bytes: bigint): Program[] =>
      watches.map((id) => aProgram({ id, started: 1n, running: 1n, traffic: tcp(bytes) }));
    ledger.update([aProcess({ id: 1n, watches, traffic: tcp(10n) })], running(10n));
    ledger.update([], running(70n));
    expect(ledger.view()).toMatchObject({ evicted: 0n, exact: false, total: { total: { receivedBytes: 70n } } });
  });

  test('never decreases the total', () => {
    const ledger = new Ledger(1, 10);
    ledger.update([], [lost]);
    const found = ledger.view().total.total.receivedBytes;
    // The process that moved more since the program was read.
    ledger.update([aProcess({ id: 9n, traffic: tcp(50n) })], [{ ...lost, started: lost.started + 1n, running: 1n }]);
    expect(ledger.view().total.total.receivedBytes).toBe(found + 50n);
  });
});

test('makes the totals a lower bound if executions could not be recorded', () => {
  const ledger = new Ledger(1, 10);
  ledger.update([], [aProgram({ missed: 1n })]);
  expect(ledger.view()).toMatchObject({ exact: false, reasons: ['missed'] });
});

test('reports a detached process as ended, not as evicted', () => {
  const ledger = new Ledger(1, 10);
  const detached = { ...ended(aProcess({ id: 1n }), 2n), state: 'detached' as const, exitCode: null };
  const programs = [aProgram({ started: 1n, ended: 1n, endSeq: 2n })];
  expect(ledger.update([detached], programs).ended).toMatchObject([{ state: 'detached' }]);
  expect(ledger.view()).toMatchObject({ evicted: 0n, exact: true });
});
