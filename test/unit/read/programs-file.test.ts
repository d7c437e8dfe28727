// SPDX-License-Identifier: MIT
import { parsePrograms } from '../../../src/read/programs-file';
import { fixture } from '../support/fixtures';

const programs = parsePrograms(fixture('programs'));

test('reads a watched name and its totals', () => {
  expect(programs[0]).toMatchObject({
    id: 1n,
    name: 'server.out',
    owner: 0,
    kind: 'name',
    follow: true,
    watchedAt: '2026-11-24T03:00:00.000000000Z',
    started: 1n,
    running: 0n,
    ended: 1n,
    traffic: { total: { receivedBytes: 175n, sentBytes: 175n } },
  });
});

test('reads an attach watch without a name', () => {
  expect(programs.find(({ kind }) => kind === 'attach')).toMatchObject({ name: null, owner: 3 });
});

test('reads the evicted traffic separately', () => {
  expect(programs[1]).toMatchObject({
    ...{ evicted: 2n, evictedShared: 1n, evictedInexact: 1n, endSeq: 4n },
    evictedTraffic: { tcp: { receivedBytes: 70n, sentBytes: 7n }, unix: null },
  });
});

test('reads no newest end before any process has ended', () => {
  const [first, columns = '', row = ''] = fixture('programs').split('\n');
  const at = columns.split('\t').indexOf('end_seq');
  const none = row.split('\t').with(at, '-').join('\t');
  expect(parsePrograms(`${first}\n${columns}\n${none}\n`)[0]?.endSeq).toBeNull();
});

test('reads the numbers of evicted and missed processes', () => {
  expect(programs.map(({ evicted, missed }) => [evicted, missed])).toContainEqual([2n, 0n]);
  expect(programs.find(({ name }) => name === 'never.out')).toMatchObject({ started: 0n, missed: 1n });
});
