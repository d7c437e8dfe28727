// SPDX-License-Identifier: MIT
import type { Program } from '../../../src/model/types';
import { parseFlows } from '../../../src/read/flows-file';
import { snapshotOn, totalsOf } from '../../../src/read/snapshot';
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

  test('returns what the files contain', async () => {
    kernel.insert();
    kernel.processes = [ended(aProcess({ id: 1n, exe: '/a b/c\\d', comm: '-' }), 1n, tcp(175n))];
    kernel.programs = [aProgram({ owner: 0 })];
    expect(await snapshotOn(kernel.host, {})).toMatchObject({
      families: ['inet'],
      engine: 'tracepoint',
      processes: kernel.processes,
      programs: kernel.programs,
      total: tcp(175n),
      exact: true,
    });
  });

  test('has the flows of the record that the total includes', async () => {
    kernel.insert();
    kernel.flows = fixture('flows');
    const flows = parseFlows(kernel.flows);
    const pid = 77;
    kernel.processes = flows.map(({ id }) => aProcess({ id, pid, traffic: tcp(10n) }));
    expect(flows.length).toBeGreaterThan(1);
    const taken = await snapshotOn(kernel.host, { flows: true });
    expect([taken.processes.length, taken.flows]).toEqual([flows.length, flows.slice(0, 1)]);
  });

  /** Two ended processes, of which the module keeps the newest. `evict` returns what is evicted while the rows are read. */
  const keepsOne = (evict: (reading: number) => bigint, newest: (reading: number) => bigint): (() => number) => {
    kernel.insert();
    let readings = 0;
    const programs = (evicted: bigint, endSeq: bigint): Program[] => [
      aProgram({
        ...{ owner: 0, ended: endSeq, endSeq, evicted, evictedSeq: evicted === 0n ? null : evicted },
        ...{ evictedOnce: evicted, evictedOnceTraffic: tcp(5n * evicted) },
      }),
    ];
    kernel.programs = programs(0n, 2n);
    Object.defineProperty(kernel, 'processes', {
      get: () => {
        readings += 1;
        kernel.programs = programs(evict(readings), newest(readings));
        return [1n, 2n].map((id) => ended(aProcess({ id, watches: [10n], owners: [0] }), id, tcp(5n)));
      },
    });
    return () => readings;
  };

  test('includes once what was evicted while the files were read', async () => {
    const readings = keepsOne(
      () => 1n,
      () => 2n,
    );
    const taken = await snapshotOn(kernel.host, {});
    expect(taken).toMatchObject({ exact: true, evicted: 1n, total: { total: { sentBytes: 10n } } });
    expect([taken.processes.map(({ id }) => id), readings()]).toEqual([[2n], 1]);
  });

  test('reads again if a running process may have been evicted, and gives up if that continues', async () => {
    const again = keepsOne(
      (reading) => (reading === 1 ? 3n : 1n),
      () => 4n,
    );
    await snapshotOn(kernel.host, {});
    expect(again()).toBe(2);
    keepsOne(
      (reading) => BigInt(3 * reading),
      (reading) => BigInt(3 * reading),
    );
    await expect(snapshotOn(kernel.host, {})).rejects.toMatchObject({
      code: 'ERR_LIMIT',
      hint: expect.stringContaining('--history') as string,
    });
  });

  test.each([
    ['ENOENT', 'ERR_ABI'],
    ['EPERM', 'ERR_PERMISSION'],
    ['EACCES', 'ERR_PERMISSION'],
    ['EIO', 'ERR_SYSTEM'],
  ] as const)('reports files of a loaded module that fail with %s as %s', async (errno, code) => {
    kernel.insert();
    kernel.failures.read.push(errno);
    await expect(snapshotOn(kernel.host, {})).rejects.toEqual(refusal(code));
  });

  test('rejects with ERR_NOT_LOADED and the command that loads the module', async () => {
    await expect(snapshotOn(kernel.host, {})).rejects.toMatchObject({
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
      ...{ evictedTraffic: tcp(bytes), evictedOnce: evicted, evictedOnceTraffic: tcp(bytes), ...given },
    });

  test('includes the traffic of evicted processes', () => {
    expect(totalsOf([listed], [lost(5n, 90n)])).toMatchObject({ exact: true, evicted: 5n });
    expect(totalsOf([listed], [lost(5n, 90n)]).total.total.sentBytes).toBe(100n);
  });

  test('is exact while other processes of the program run, even if they joined it after they had traffic', () => {
    const joined = aProcess({ id: 10n, owners: [0], watches: [1n], traffic: tcp(1000n) });
    const totals = totalsOf([listed, joined], [lost(5n, 90n)]);
    expect(totals).toMatchObject({ exact: true, total: { total: { sentBytes: 1100n } } });
  });

  test('is a lower bound if an evicted process was', () => {
    expect(totalsOf([listed], [lost(5n, 90n, { evictedInexact: 1n })]).exact).toBe(false);
  });

  describe('of programs that share evicted processes', () => {
    // The larger of the two processes of the second program, with 80 bytes, was in the first program too.
    const first = lost(5n, 90n, { evictedShared: 1n });
    const second = lost(2n, 95n, {
      ...{ id: 2n, ended: 2n, evictedShared: 1n },
      ...{ evictedOnce: 1n, evictedOnceTraffic: tcp(15n) },
    });
    const third = lost(1n, 4n, { id: 3n, ended: 1n });

    test('includes each process once, for all programs', () => {
      const totals = totalsOf([listed], [first, second, third]);
      expect(totals).toMatchObject({ exact: true, evicted: 7n });
      expect(totals.total.total.sentBytes).toBe(10n + 90n + 15n + 4n);
    });

    test('is exact for one program', () => {
      expect(totalsOf([], [second], false)).toMatchObject({ exact: true, evicted: 2n, total: tcp(95n) });
    });

    test('is the certain part for several programs', () => {
      expect(totalsOf([], [second, third], false)).toMatchObject({ exact: false, evicted: 2n });
      expect(totalsOf([], [second, third], false).total.total.sentBytes).toBe(95n);
      expect(totalsOf([], [first, second], false).total.total.sentBytes).toBe(105n);
    });

    test('is the sum for several programs that share no process', () => {
      const totals = totalsOf([], [lost(5n, 90n), third], false);
      expect(totals).toMatchObject({ exact: true, evicted: 6n });
      expect(totals.total.total.sentBytes).toBe(94n);
    });
  });

  test('includes a process that several owners watch once', () => {
    const first = aProcess({ id: 1n, pid: 77, owners: [0], traffic: tcp(100n) });
    const second = aProcess({ id: 2n, pid: 77, owners: [1], traffic: tcp(30n), exact: false });
    const other = aProcess({ id: 3n, pid: 78, traffic: tcp(5n) });
    const totals = totalsOf([first, second, other], []);
    expect([totals.total.total.sentBytes, totals.exact]).toEqual([105n, true]);
  });

  test('does not include what sessions evicted', () => {
    const session = lost(5n, 90n, { owner: 3 });
    expect(totalsOf([listed], [session])).toMatchObject({ evicted: 0n, exact: true, total: tcp(10n) });
  });
});
