// SPDX-License-Identifier: MIT
import { snapshot, totalsOf } from '../../../src/module/snapshot';
import { FakeKernel } from '../support/fake-kernel';
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
  const own = aProgram({ id: 1n, owner: 0, evicted: 5n, traffic: tcp(100n) });
  const listed = ended(aProcess({ id: 9n, owners: [0], watches: [1n] }), 1n, tcp(10n));

  test('has what evicted processes moved', () => {
    const totals = totalsOf([listed], [own]);
    expect(totals).toMatchObject({ exact: true, evicted: 5n });
    expect(totals.total.total.sentBytes).toBe(100n);
  });

  test('is a lower bound while others of that program run', () => {
    expect(totalsOf([{ ...listed, state: 'running' }], [own]).exact).toBe(false);
  });

  test('does not count twice what two programs share', () => {
    const other = aProgram({ id: 2n, owner: 0, evicted: 5n, traffic: tcp(80n) });
    const totals = totalsOf([{ ...listed, watches: [1n, 2n] }], [own, other]);
    expect(totals.total.total.sentBytes).toBe(100n);
    expect(totals.exact).toBe(false);
  });

  test('of sessions is theirs', () => {
    expect(totalsOf([listed], [{ ...own, owner: 3 }])).toMatchObject({ evicted: 0n, exact: true, total: tcp(10n) });
  });
});
