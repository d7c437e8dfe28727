// SPDX-License-Identifier: MIT
import { snapshot, totalsOf } from '../../../src/module/snapshot';
import type { Program } from '../../../src/types';
import { parseFlows } from '../../../src/proc/flows';
import { FakeKernel } from '../support/fake-kernel';
import { fixture } from '../support/fixtures';
import { refusal } from '../support/refusal';
import { aProcess, aProgram, ended, tcp } from '../support/rows';

describe('snapshot', () => {
  let kernel: FakeKernel;
  beforeEach(() => {
    kernel = new FakeKernel();
  });
  afterEach(() => {
    kernel.dispose();
  });

  test('is what the files say', async () => {
    kernel.insert();
    kernel.processes = [ended(aProcess({ id: 1n, exe: '/a b/c\\d', comm: '-' }), 1n, tcp(175n))];
    kernel.programs = [aProgram({ owner: 0 })];
    expect(await snapshot({}, kernel.host)).toMatchObject({
      families: ['inet'],
      engine: 'tracepoint',
      processes: kernel.processes,
      programs: kernel.programs,
      total: tcp(175n),
      exact: true,
    });
  });

  test('has the flows of the record that is in the total', async () => {
    kernel.insert();
    kernel.flows = fixture('flows');
    const flows = parseFlows(kernel.flows);
    const pid = 77;
    kernel.processes = flows.map(({ id }) => aProcess({ id, pid, traffic: tcp(10n) }));
    expect(flows.length).toBeGreaterThan(1);
    const taken = await snapshot({ flows: true }, kernel.host);
    expect([taken.processes.length, taken.flows]).toEqual([flows.length, flows.slice(0, 1)]);
  });

  test('is taken again where a process was evicted while the files were read', async () => {
    kernel.insert();
    const rows = [1n, 2n].map((id) => ended(aProcess({ id, watches: [10n], owners: [0] }), id, tcp(5n)));
    const programs = (evicted: bigint): Program[] => [
      aProgram({ owner: 0, ended: 2n, endSeq: 2n, evicted, evictedTraffic: tcp(5n * evicted) }),
    ];
    kernel.programs = programs(0n);
    let readings = 0;
    Object.defineProperty(kernel, 'processes', {
      get: () => {
        readings += 1;
        kernel.programs = programs(1n);
        return rows.slice(1);
      },
    });
    const taken = await snapshot({}, kernel.host);
    expect(taken).toMatchObject({ exact: true, evicted: 1n, total: { total: { sentBytes: 10n } } });
    expect(readings).toBe(2);
  });

  test.each([
    ['ENOENT', 'ERR_ABI'],
    ['EPERM', 'ERR_PERMISSION'],
    ['EACCES', 'ERR_PERMISSION'],
    ['EIO', 'ERR_SYSTEM'],
  ] as const)('of a loaded module whose files fail with %s is %s', async (errno, code) => {
    kernel.insert();
    kernel.failures.read.push(errno);
    await expect(snapshot({}, kernel.host)).rejects.toEqual(refusal(code));
  });

  test('of an absent module is ERR_NOT_LOADED, with the command that loads it', async () => {
    await expect(snapshot({}, kernel.host)).rejects.toMatchObject({
      code: 'ERR_NOT_LOADED',
      hint: expect.stringMatching(/load --fname/) as string,
    });
  });
});

describe('the total', () => {
  const listed = ended(aProcess({ id: 9n, owners: [0], watches: [1n] }), 9n, tcp(10n));
  const lost = (evicted: bigint, bytes: bigint, given: Partial<Program> = {}): Program =>
    aProgram({
      ...{ id: 1n, owner: 0, evicted, ended: evicted + 1n, endSeq: 9n, traffic: tcp(bytes + 10n) },
      ...{ evictedTraffic: tcp(bytes), ...given },
    });

  test('has what evicted processes moved', () => {
    expect(totalsOf([listed], [lost(5n, 90n)])).toMatchObject({ exact: true, evicted: 5n });
    expect(totalsOf([listed], [lost(5n, 90n)]).total.total.sentBytes).toBe(100n);
  });

  test('is exact while others of that program run, also those that joined it after they had moved something', () => {
    const joined = aProcess({ id: 10n, owners: [0], watches: [1n], traffic: tcp(1000n) });
    const totals = totalsOf([listed, joined], [lost(5n, 90n)]);
    expect(totals).toMatchObject({ exact: true, total: { total: { sentBytes: 1100n } } });
  });

  test('is a lower bound where one that was evicted was', () => {
    expect(totalsOf([listed], [lost(5n, 90n, { evictedInexact: 1n })]).exact).toBe(false);
  });

  test('adds up what programs lost each for itself', () => {
    const other = lost(2n, 80n, { id: 2n, ended: 2n });
    const totals = totalsOf([listed], [lost(5n, 90n), other]);
    expect(totals).toMatchObject({ exact: true, evicted: 7n });
    expect(totals.total.total.sentBytes).toBe(180n);
  });

  test('has the larger part only of what two programs may have lost together, and all of what a third lost', () => {
    const shared = lost(5n, 90n, { evictedShared: 1n });
    const other = lost(2n, 95n, { id: 2n, ended: 2n, evictedShared: 1n });
    const third = lost(1n, 4n, { id: 3n, ended: 1n });
    const totals = totalsOf([listed], [shared, other, third]);
    expect(totals).toMatchObject({ exact: false, evicted: 6n });
    expect(totals.total.total.sentBytes).toBe(109n);
  });

  test('of one program is exact, also where another that is not asked for lost the same', () => {
    expect(totalsOf([listed], [lost(5n, 90n, { evictedShared: 5n })])).toMatchObject({ exact: true, evicted: 5n });
  });

  test('is a lower bound where one ended before programs were read, and was evicted before processes were', () => {
    const program = lost(5n, 90n, { ended: 7n });
    expect(totalsOf([listed], [program]).exact).toBe(false);
    // One that ended after programs were read is not the missing one.
    const later = ended(aProcess({ id: 10n, owners: [0], watches: [1n] }), 10n);
    expect(totalsOf([listed, later], [program]).exact).toBe(false);
  });

  test('has a process once that several watch', () => {
    const first = aProcess({ id: 1n, pid: 77, owners: [0], traffic: tcp(100n) });
    const second = aProcess({ id: 2n, pid: 77, owners: [1], traffic: tcp(30n), exact: false });
    const other = aProcess({ id: 3n, pid: 78, traffic: tcp(5n) });
    const totals = totalsOf([first, second, other], []);
    expect([totals.total.total.sentBytes, totals.exact]).toEqual([105n, true]);
  });

  test('of sessions is theirs', () => {
    const session = lost(5n, 90n, { owner: 3 });
    expect(totalsOf([listed], [session])).toMatchObject({ evicted: 0n, exact: true, total: tcp(10n) });
  });
});
