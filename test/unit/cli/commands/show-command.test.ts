// SPDX-License-Identifier: MIT
import { IN_WORDS } from '../../../../src/model/reasons';
import type { Program, Snapshot } from '../../../../src/model/types';
import { aSnapshot, cli, workingApi, type Outcome } from '../../support/cli';
import { aProcess, aProgram, tcp } from '../../support/rows';

const showing = (snapshot: Partial<Snapshot>, ...argv: string[]): Promise<Outcome> =>
  cli(['show', ...argv], { snapshot: () => Promise.resolve({ ...aSnapshot, ...snapshot }) });
const show = (...argv: string[]): Promise<Outcome> => cli(['show', ...argv], workingApi);

test('prints the largest count unchanged', async () => {
  expect((await show('--json')).out).toMatch(/"receivedBytes": 18446744073709551615,/);
  expect((await show('--format=csv')).out).toMatch(/,18446744073709551615,/);
  expect((await show('--format=prom')).out).toMatch(
    /^lkm_traffic_bytes_total\{.*transport="udp",direction="received"\} 18446744073709551615$/m,
  );
});

test('prints totals in exact bytes and SI units, or in IEC units and bits on request', async () => {
  const moved = {
    processes: [aProcess({ id: 1n, traffic: tcp(79n, 5_000_246n) })],
    total: tcp(79n, 5_000_246n),
    exact: true,
  };
  expect((await showing(moved)).out).toContain('received 79 bytes, sent 5000246 bytes (5.00 MB)');
  expect((await showing(moved, '--iec')).out).toContain('sent 5000246 bytes (4.77 MiB)');
  expect((await showing(moved, '--bits')).out).toContain('received 632 bits, sent 40001968 bits (40.0 Mbit)');
});

test('a lower bound is never shown as exact', async () => {
  const processes = [aProcess({ id: 1n, traffic: tcp(7n), exact: false, reasons: ['attached'] })];
  const { out } = await showing({ processes, total: tcp(7n), exact: false });
  expect(out).toContain('received at least 7 bytes, sent at least 7 bytes');
  expect(out).toMatch(/>=7 .*>=7/);
  expect(out).toContain('attached');
});

test('a program with inexact evicted processes is a lower bound', async () => {
  const programs = [aProgram({ traffic: tcp(7n), evicted: 2n, evictedInexact: 1n })];
  expect((await showing({ processes: [], programs })).out).toMatch(/^server\.out .*>=7 .*>=7 /m);
});

test.each([
  [{ evictedInexact: 1n }, 'evicted_inexact'],
  [{ missed: 1n }, 'missed'],
])('prints the reason for a lower bound of a program with %p', async (given, why) => {
  const { out } = await showing({
    processes: [],
    programs: [aProgram(given)],
    total: tcp(7n),
    exact: false,
    reasons: [],
  });
  expect(out).toContain(`Lower bounds (>=), because:\n  ${why}: ${IN_WORDS[why]}\n`);
});

test('a report for people says what is counted', async () => {
  expect((await show()).out).toContain('Counted: payload bytes of inet (IPv4 and IPv6)');
});

test('escapes control characters in names', async () => {
  const { out } = await show();
  expect(out).not.toContain('\x1b');
  expect(out).toContain('evil\\x1b[2J');
});

test('words after -- are names too, even with a leading dash', async () => {
  const processes = [
    aProcess({ id: 1n, comm: 'nginx', traffic: tcp(5n) }),
    aProcess({ id: 2n, comm: 'curl', traffic: tcp(70n) }),
    aProcess({ id: 3n, comm: '-x', traffic: tcp(600n) }),
  ];
  for (const argv of [
    ['--', 'nginx', '-x'],
    ['nginx', '--', '-x'],
  ]) {
    const { status, out } = await showing({ processes, programs: [] }, ...argv);
    expect([status, out]).toEqual([0, expect.stringContaining('Total  received 605 bytes')]);
  }
});

test('prints children below their parents, siblings sorted', async () => {
  const processes = [
    aProcess({ id: 1n, comm: 'root' }),
    aProcess({ id: 2n, comm: 'small', parentId: 1n, traffic: tcp(1n) }),
    aProcess({ id: 3n, comm: 'large', parentId: 1n, traffic: tcp(9n) }),
    aProcess({ id: 4n, comm: 'grandchild', parentId: 2n }),
    aProcess({ id: 5n, comm: 'orphan', parentId: 99n }),
  ];
  const order = async (...argv: string[]): Promise<string[]> =>
    [...(await showing({ processes }, ...argv)).out.matchAll(/^ *10\d+ {2}(.*?) +server\.out/gm)].map(
      (match) => match[1] ?? '',
    );
  expect(await order()).toEqual(['root', '├─ small', '│  └─ grandchild', '└─ large', 'orphan']);
  expect(await order('--sort=received')).toEqual(['root', '├─ large', '└─ small', '   └─ grandchild', 'orphan']);
});

describe('a selection', () => {
  const processes = [
    aProcess({ id: 1n, pid: 101, comm: 'server.out', traffic: tcp(1n) }),
    aProcess({
      id: 2n,
      pid: 102,
      comm: 'sh',
      exe: '/bin/sh',
      parentId: 1n,
      rootId: 1n,
      program: 'server.out',
      traffic: tcp(10n),
    }),
    aProcess({ id: 3n, pid: 103, comm: 'curl', exe: '/bin/curl', program: 'curl', traffic: tcp(100n) }),
  ];
  const programs = [aProgram({ id: 1n, owner: 0 }), aProgram({ id: 2n, owner: 0, name: 'curl' })];
  const total = async (...argv: string[]): Promise<number> => {
    const { out } = await showing({ processes, programs }, ...argv, '--json');
    return (JSON.parse(out) as { total: { total: { sentBytes: number } } }).total.total.sentBytes;
  };

  test('by program has only its processes and their descendants', async () => {
    expect(await total('server.out')).toBe(11);
    expect(await total('curl')).toBe(100);
    expect(await total('curl', 'server.out')).toBe(111);
  });
  test('by program has a process that executed it as the child of another program', async () => {
    const child = aProcess({ id: 2n, parentId: 1n, program: 'make', comm: 'generate-fixtur', exe: '/usr/bin/bash' });
    const both = {
      processes: [aProcess({ id: 1n, program: 'make' }), { ...child, watches: [1n, 2n], traffic: tcp(5n) }],
      programs: [
        aProgram({ id: 1n, owner: 0, name: 'make' }),
        aProgram({ id: 2n, owner: 0, name: 'generate-fixtures.sh', traffic: tcp(5n) }),
      ],
    };
    const { out } = await showing(both, 'generate-fixtures.sh');
    expect(out).toMatch(/^1002 +generate-fixtur +make +running +5 /m);
    expect(out).toMatch(/^Total {2}received 5 bytes/m);
  });
  test('by digits matches names and PIDs', async () => {
    const game = { program: '2048', comm: '2048', exe: '/usr/games/2048' };
    const games = {
      processes: [
        aProcess({ ...game, id: 1n, watches: [1n], traffic: tcp(77n) }),
        aProcess({ id: 2n, pid: 2048, traffic: tcp(500n) }),
      ],
      programs: [aProgram({ id: 1n, owner: 0, name: '2048' })],
    };
    expect((await showing(games, '2048')).out).toMatch(/^Total {2}received 577 bytes/m);
    const gone = await showing({ ...games, processes: [] }, '2048');
    expect([gone.status, gone.out]).toEqual([0, expect.stringMatching(/^2048 /m)]);
  });
  test('by PID includes the descendants', async () => {
    expect(await total('101')).toBe(11);
    expect(await total('102')).toBe(10);
  });
  test('only a selection by PID has Prometheus series for each process', async () => {
    const series =
      /lkm_traffic_process_bytes_total\{program="curl",pid="103",id="3",comm="curl",transport="tcp",direction="sent"\} 100\n/;
    expect((await showing({ processes, programs }, '103', '--format=prom')).out).toMatch(series);
    expect((await showing({ processes, programs }, '--format=prom')).out).not.toMatch(/process_bytes_total/);
  });
  test('by PID includes descendants whose parents are no longer listed', async () => {
    const orphan = aProcess({ id: 5n, pid: 105, parentId: 4n, rootId: 1n, comm: 'wget', watches: [1n] });
    const { out } = await showing({ processes: [...processes, orphan], programs }, '101');
    expect(out).toMatch(/^ *105 +wget /m);
  });

  const taken = processes.map((process) => ({ ...process, watches: [process.id === 3n ? 2n : 1n] }));
  const where = `unlisted: ${IN_WORDS['unlisted']}`;
  test.each([
    ['by PID', '101', [{ evicted: 2n, evictedTraffic: tcp(50n) }, {}], true],
    ['by PID, of another program', '103', [{ evicted: 2n, evictedTraffic: tcp(50n) }, {}], false],
    ['by PID, without its children', '101', [{ evicted: 2n, follow: false }, {}], false],
    ['by what was executed', 'sh', [{}, { evicted: 2n }], true],
    ['by program', 'server.out', [{}, { evicted: 2n }], false],
    ['by PID, of a session that took processes over', '101', [{ owner: 1, started: 3n }, {}], true],
    ['by PID, of a session that took none over', '101', [{ owner: 1, started: 2n }, {}], false],
  ] as const)('%s is a lower bound if parts of it may be missing', async (_, who, [one, two], bound) => {
    const own = [
      { ...programs[0], ...one },
      { ...programs[1], ...two },
    ] as Program[];
    const { out } = await showing({ processes: taken, programs: own }, who);
    expect([out.includes(where), /^Total {2}received at least/m.test(out)]).toEqual([bound, bound]);
  });

  test('by PID of a child is a lower bound if the chain of parents is broken', async () => {
    const orphan = aProcess({ id: 5n, pid: 105, parentId: 4n, rootId: 1n, comm: 'wget', watches: [1n] });
    const { out } = await showing({ processes: [...taken, orphan], programs }, '102');
    expect(out).not.toMatch(/^ *105 /m);
    expect(out).toContain(where);
  });

  test('that matches nothing is a failure', async () => {
    const { status, out, err } = await showing({ processes, programs }, 'nginx');
    expect([status, out]).toEqual([1, '']);
    expect(err).toMatch(/nginx/);
  });
});

describe('a process with several owners', () => {
  const both = { pid: 501, comm: 'curl', exe: '/usr/bin/curl' };
  const processes = [
    aProcess({ id: 1n, pid: 500, comm: 'sh', exe: '/bin/sh', program: null }),
    aProcess({ ...both, id: 2n, parentId: 1n, program: null, owners: [1], traffic: tcp(100n) }),
    aProcess({ ...both, id: 3n, program: 'curl', owners: [0], watches: [1n], traffic: tcp(90n) }),
    aProcess({ id: 4n, pid: 502, parentId: 3n, comm: 'child', exe: '/bin/child', owners: [0], traffic: tcp(7n) }),
  ];
  const programs = [aProgram({ id: 1n, owner: 0, name: 'curl' })];

  test('has one line per owner, and is in the total once', async () => {
    const { out } = await showing({ processes, programs, total: tcp(107n) });
    expect(out).toMatch(/^PID +PROCESS +WATCHED AS +FOR +STATE /m);
    expect(out).toMatch(/^ *501 +└─ curl +- +session 1 +running +100 /m);
    expect(out).toMatch(/^ *501 +curl +curl +module +running +90 /m);
    expect(out).toContain('A process with several owners has a line for each of them. The total counts it once.');
    const alone = await showing({ processes: processes.slice(0, 2), programs: [aProgram({ owner: 0 })] });
    expect(alone.out).not.toMatch(/several owners|FOR/);
  });

  test.each(['curl', '501', '500'])('is selected by %s with all its records and their descendants', async (who) => {
    const { out } = await showing({ processes, programs }, who, '--json');
    const chosen = JSON.parse(out) as { processes: { id: number }[]; total: { total: { sentBytes: number } } };
    const ids = chosen.processes.map(({ id }) => id);
    expect(ids).toEqual({ curl: [2, 3], '501': [2, 3, 4], '500': [1, 2, 3, 4] }[who]);
    expect(chosen.total.total.sentBytes).toBe(who === 'curl' ? 100 : 107);
  });
});

test('says what to do if there is nothing to show', async () => {
  expect((await showing({ processes: [], programs: [] })).out).toContain('lkm-traffic load --fname=NAME');
  const { out } = await showing({ processes: [], programs: [aProgram({ owner: 0 })] });
  expect(out).toMatch(/No process of server\.out has run yet\. Start one now/);
});

test('escapes a name that a spreadsheet would calculate', async () => {
  const processes = [aProcess({ id: 1n, comm: '=cmd|x', exe: 'a,"b"' })];
  expect((await showing({ processes }, '--format=csv')).out).toContain(`'=cmd|x,"a,""b"""`);
});

test.each([
  ['a "quote"', '"a ""quote"""'],
  ['a,b', '"a,b"'],
  ['a\nb', '"a\nb"'],
  ['a\rb', '"a\rb"'],
  ['-x', "'-x"],
  ['@"x"', `"'@""x"""`],
  ['plain text', 'plain text'],
])('in CSV the name %j is %j', async (comm, field) => {
  const { out } = await showing({ processes: [aProcess({ id: 1n, comm, exe: '/bin/x' })] }, '--format=csv');
  expect(out).toContain(`,${field},/bin/x,`);
});

test('escapes label values', async () => {
  const programs = [aProgram({ name: 'a"b\\c' })];
  expect((await showing({ programs }, '--format=prom')).out).toContain('program="a\\"b\\\\c"');
});
