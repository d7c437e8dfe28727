// SPDX-License-Identifier: MIT
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { createStyle } from '../../../../src/cli/format/style';
import type { State } from '../../../../src/cli/watch/model';
import { aProcess, aProgram, ended, tcp } from '../../support/rows';
import { aFlow, after, aSnapshotOf, flowsOf, plain, screen, stateOf } from './support';

const LARGEST = 2n ** 64n - 1n;

const parent = aProcess({ id: 1n, pid: 321, comm: 'nginx', exe: '/usr/sbin/nginx', traffic: tcp(79n, 1000n) });
const child = aProcess({ id: 2n, pid: 322, parentId: 1n, comm: 'worker', traffic: tcp(1_000_000n, 2_500_000n) });
const gone = ended(aProcess({ id: 3n, pid: 99, comm: 'curl', traffic: tcp(7n) }), 1n);
const before = aSnapshotOf([parent, { ...child, traffic: tcp(0n) }, gone]);
const now = aSnapshotOf([parent, child, gone]);
const state = after(stateOf(before, now), 'e');

/** Every page of a state in that size, as the terminal has room for it. */
function expectToFit(of: State, columns: number, rows: number): void {
  for (const each of [of, after(of, 'return'), after(of, '?'), after(of, '/', 'x'), after(of, 'space')]) {
    for (const style of [createStyle(false), createStyle(true, { bits: true, iec: true })]) {
      const lines = screen(each, columns, rows, { ...plain, who: ['nginx'], style });
      expect(lines).toHaveLength(rows);
      for (const line of lines) expect(stringWidth(stripVTControlCharacters(line))).toBeLessThanOrEqual(columns);
    }
  }
}

test('80x24', () => {
  expect(screen(state)).toEqual([
    'lkm-traffic watch                                            12:00:00Z every 1 s',
    'Rate   received 1.00 MB/s  sent 2.50 MB/s                                      █',
    'Total  received 1000086 bytes (1.00 MB), sent 2501007 bytes (2.50 MB)',
    '2 running, 1 ended; by rate',
    '  PID  PROCESS                RECEIVED/s    SENT/s  HISTORY▼  RECEIVED      SENT',
    '> 321  nginx                         0 B       0 B                  79      1000',
    '  322  └─ worker                 1.00 MB   2.50 MB         █   1000000   2500000',
    '   99  curl (exited 0)               0 B       0 B                   7         7',
    ...Array<string>(14).fill(''),
    '321 /usr/sbin/nginx: received 79 bytes, sent 1000 bytes (1.00 kB)',
    ' ↑↓ select  Enter flows  s sort  / filter  e ended  Space pause  ? help  q quit',
  ]);
});

test('40x10', () => {
  expect(screen(state, 40, 10)).toEqual([
    'lkm-traffic watch    12:00:00Z every 1 s',
    'received 1.00 MB/s  sent 2.50 MB/s     █',
    '  PID  PROCESS         RATE/s▼     TOTAL',
    '> 321  nginx               0 B   1.08 kB',
    '  322  └─ worker       3.50 MB   3.50 MB',
    '   99  curl (exited…       0 B      14 B',
    ...['', '', ''],
    ' s sort  / filter  ? help  q quit',
  ]);
});

test('a wide screen has the column WATCHED AS', () => {
  const lines = screen(state, 140, 24);
  expect(lines[4]).toMatch(/^ {2}PID {2}PROCESS .* WATCHED AS {2}RECEIVED\/s/);
  expect(lines[5]).toMatch(/^> 321 {2}nginx .* server\.out /);
});

test.each([
  [80, 24],
  [40, 10],
  [200, 60],
  [81, 16],
  [30, 5],
  [10, 3],
  [1, 1],
])('every page fits into %dx%d', (columns, rows) => {
  expectToFit(state, columns, rows);
  expectToFit(stateOf(aSnapshotOf([])), columns, rows);
});

test('shows a dash for a rate that is not known yet', () => {
  const lines = screen(stateOf(now));
  expect(lines[1]).toMatch(/^Rate {3}received - +sent - *$/);
  expect(lines[5]).toMatch(/^> 321 {2}nginx +- +- +79 +1000$/);
});

test('names with wide or control characters fit into their columns', () => {
  const odd = [
    aProcess({ id: 1n, comm: '日本語の名前' }),
    aProcess({ id: 2n, comm: 'evil\x1b[2J\n' }),
    aProcess({ id: 3n, comm: '\u202egnp.exe', exe: '/tmp/\x07bell' }),
  ];
  const of = stateOf(aSnapshotOf(odd));
  expectToFit(of, 80, 24);
  const lines = screen(after(of, 'G'));
  expect(lines.slice(5, 8).map((line) => line.slice(5, 32).trim())).toEqual([
    '日本語の名前',
    expect.stringMatching(/^evil\\x1b\[2J\\x0a/),
    expect.stringMatching(/^\\u\{202e\}gnp\.exe/),
  ]);
  expect(lines.join('')).toContain('/tmp/\\x07bell');
  // eslint-disable-next-line no-control-regex
  expect(lines.join('\n')).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f\u202e]/);
});

test('shows the largest counts with all digits, or rounded if the screen is narrow', () => {
  const most = aProcess({ id: 1n, comm: 'big', traffic: tcp(LARGEST) });
  const of = stateOf(aSnapshotOf([aProcess({ id: 1n, comm: 'big' })]), aSnapshotOf([most]));
  expect(screen(of, 120)[5]).toMatch(/big .* 18\.4 EB +18\.4 EB .* 18446744073709551615 {2}18446744073709551615$/);
  expect(screen(of, 80)[5]).toMatch(/big .* 18\.4 EB {3}18\.4 EB$/);
  expect(screen(of, 80)[2]).toBe('Total  received 18446744073709551615 bytes, sent 18446744073709551615 bytes');
  expectToFit(of, 80, 24);
  expectToFit(of, 40, 10);
});

test('a lower bound is never shown as exact', () => {
  const processes = [
    aProcess({ id: 1n, pid: 11, traffic: tcp(7n), exact: false, reasons: ['attached'] }),
    aProcess({ id: 2n, pid: 12, traffic: tcp(8n), exact: false, reasons: ['zcrx'] }),
  ];
  const lines = screen(stateOf(aSnapshotOf([]), aSnapshotOf(processes)));
  expect(lines[2]).toBe('Total  received at least 15 bytes, sent at least 15 bytes');
  expect(lines[5]).toMatch(/12 +server\.out +>=8 B +>=8 B .* >=8 +>=8$/);
  expect(lines[6]).toMatch(/11 +server\.out +7 B +7 B .* >=7 +>=7$/);
  expect(lines[22]).toMatch(/received at least 8 bytes, sent at least 8 bytes \(zcrx\)$/);
});

test('shows the processes around the selected one of a thousand', () => {
  const many = Array.from({ length: 1000 }, (_, n) =>
    aProcess({ id: BigInt(n + 1), pid: n + 1, parentId: n % 10 === 0 ? null : BigInt(n), traffic: tcp(BigInt(n)) }),
  );
  const of = after(stateOf(aSnapshotOf(many)), '<', '<');
  const pids = (lines: readonly string[]): number[] =>
    lines.slice(5, 22).map((line) => Number(/^[> ]\s*(\d+) /.exec(line)?.[1]));
  const count = (from: number): number[] => Array.from({ length: 17 }, (_, n) => from + n);
  expect(pids(screen(of))).toEqual(count(1));
  expect(pids(screen(after(of, 'G')))).toEqual(count(984));
  const middle = screen(after(of, ...Array<string>(10).fill('pagedown')));
  expect(pids(middle)).toEqual(count(171 - 8));
  expect(middle[5 + 8]).toMatch(/^> 171 /);
  expectToFit(of, 80, 24);
});

test('shows the end of the branches and the name in a deep tree', () => {
  const chain = Array.from({ length: 30 }, (_, n) =>
    aProcess({ id: BigInt(n + 1), parentId: n === 0 ? null : BigInt(n), comm: `deep${n}` }),
  );
  expect(screen(after(stateOf(aSnapshotOf(chain)), 'G')).at(-3)).toMatch(/^>1030 {2}… +└─ deep29 /);
});

test('shows how many processes match the filter, and the typed text at the bottom', () => {
  const typing = after(state, '/', 'w', 'o', 'r');
  const lines = screen(typing);
  expect(lines[3]).toBe("2 running, 1 ended; 1 process listed by filter 'wor'; by rate");
  expect(lines[5]).toMatch(/^> 322 {2}worker /);
  expect(lines[23]).toBe('Filter: wor_');
  expect(screen(after(typing, 'x'))[5]).toBe('No process matches the filter. To clear it: Esc');
});

test('shows how processes ended, and can hide them', () => {
  const killed = { ...gone, exitCode: null, signal: 'SIGKILL' };
  const of = stateOf(aSnapshotOf([parent, killed]));
  expect(screen(after(of, 'e')).join('\n')).toMatch(/99 {2}curl \(SIGKILL\)/);
  expect(screen(of).join('\n')).not.toMatch(/SIGKILL/);
  expect(screen(of)[3]).toBe('1 running, 1 ended (e: list); by rate');
});

test('says how to list ended processes if no other process is left', () => {
  expect(screen(stateOf(aSnapshotOf([gone])))[5]).toBe('No process is running. To list the ended ones: e');
});

test('shows that the screen is paused', () => {
  expect(screen(after(state, 'space'))[0]).toMatch(/^PAUSED {2}lkm-traffic watch/);
  expect(screen(state)[0]).not.toMatch(/PAUSED/);
});

test('marks the selected line, and prints no escape sequence without colour', () => {
  const lines = screen(after(state, 'down'));
  expect(lines.join('')).not.toContain('\x1b');
  expect(lines.filter((line) => line.startsWith('>'))).toEqual([expect.stringContaining('worker')]);
  const colored = screen(state, 80, 24, { ...plain, style: createStyle(true) });
  expect(colored[5]).toContain('\x1b[7m>');
});

test('prints bits and powers of 1024 on request', () => {
  const units = { bits: true, iec: true };
  const lines = screen(state, 120, 24, { ...plain, style: createStyle(false, units) });
  expect(lines[1]).toMatch(/received 7\.63 Mibit\/s sent 19\.1 Mibit\/s/);
  expect(lines[6]).toMatch(/worker .* 8000000 +20000000$/);
});

test('says what to do if there is nothing to show', () => {
  expect(screen(stateOf(aSnapshotOf([], [])))[5]).toBe(
    'Nothing is watched. To watch a program: lkm-traffic load --fname=NAME',
  );
  const unseen = stateOf(aSnapshotOf([], [aProgram({ owner: 0 })]));
  expect(screen(unseen).slice(5, 7).join(' ')).toMatch(/^No process of server\.out has run yet\. Start one now/);
});

describe('flows', () => {
  const flows = [
    flowsOf(
      child,
      aFlow(1000, 500n),
      aFlow(1001, 70n, { remoteAddress: '2001:db8::1', family: 'inet6', scope: 'public' }),
      aFlow(1002, 9n, { remoteAddress: null, remotePort: null, scope: null }),
    ),
  ];
  const later = {
    ...now,
    flows: [
      flowsOf(child, aFlow(1000, 500n), aFlow(1001, 1070n, { ...flows[0]?.flows[1], counters: tcp(1070n, 0n).total })),
    ],
  };
  const of = after(stateOf(before, { ...now, flows }, later), 'j', 'return');

  test('lists the flows of the selected process with their rates', () => {
    const lines = screen(of);
    expect(lines[0]).toMatch(/^Flows of 322 worker /);
    expect(lines.slice(2, 8)).toEqual([
      'Total  received 1000000 bytes (1.00 MB), sent 2500000 bytes (2.50 MB)',
      '2 flows; running; by rate; /root/server.out',
      'VIA  REMOTE                   SCOPE     RECEIVED/s    SENT/s  RECEIVED      SENT',
      'tcp  [2001:db8::1]:1001       public       1.00 kB       0 B      1070         0',
      'tcp  10.0.0.2:1000            private          0 B       0 B       500         0',
      '',
    ]);
  });

  test('shows unknown peers and scopes as ?', () => {
    const lines = screen(after(stateOf(before, { ...now, flows }), 'j', 'return', '<'));
    expect(lines[5]).toMatch(/^tcp {2}\? +\? +- +- +9 +0$/);
  });

  test('has the local end on a wide screen', () => {
    expect(screen(of, 120)[5]).toMatch(/^tcp {2}10\.0\.0\.1:80 +\[2001:db8::1\]:1001 /);
  });

  test('says whether flows were not read yet, or there are none', () => {
    expect(screen(after(state, 'return'))[5]).toBe('Reading …');
    expect(screen(after(state, 'space', 'return'))[5]).toMatch(/^Paused before the flows were read/);
    expect(screen(after(stateOf({ ...now, flows }), 'return'))[5]).toMatch(/^No flows/);
  });

  test('goes back to the processes if the process is gone', () => {
    const without = stateOf(aSnapshotOf([]));
    expect(screen({ ...without, page: 'flows', selected: 9n })[0]).toMatch(/^lkm-traffic watch/);
  });
});

test('the help explains the keys and the numbers', () => {
  const text = screen(after(state, '?')).join(' ');
  for (const word of ['Enter', 'sort by rate', 'Space', 'lower bound', 'Counted: payload bytes of inet']) {
    expect(text).toContain(word);
  }
  // Nothing is cut off where most terminals end.
  expect(text).not.toContain('…');
});

test('counts a process with several owners once, names its owners, and shows its flows from each line', () => {
  const both = [
    aProcess({ id: 1n, pid: 77, owners: [0], traffic: tcp(100n) }),
    aProcess({ id: 2n, pid: 77, owners: [1, 2], traffic: tcp(10n) }),
  ] as const;
  const several = { ...aSnapshotOf(both), flows: [flowsOf(both[0], aFlow(4711, 100n))] };
  const of = after(stateOf(several, several), 'G');
  expect(screen(of)[3]).toMatch(/^1 running, 0 ended/);
  expect(screen(of).at(-2)).toMatch(/^77 \/root\/server\.out for session 1, session 2: /);
  expect(screen(of, 140)[4]).toMatch(/ WATCHED AS {2}FOR /);
  expect(screen(after(of, 'return')).some((line) => line.includes('10.0.0.2:4711'))).toBe(true);
});
