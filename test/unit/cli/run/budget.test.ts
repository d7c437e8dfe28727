// SPDX-License-Identifier: MIT
import type { RunResult } from '../../../../src/model/api-results';
import { NOTHING, sum } from '../../../../src/model/traffic';
import type { Scope } from '../../../../src/model/types';
import { cli, workingApi, type Outcome } from '../../support/cli';
import { tcp } from '../../support/rows';
import { schemaErrors } from '../../support/schema';

/** A command that received this much, by scope. */
async function received(
  parts: Partial<Record<Scope | 'unknown', bigint>>,
  given: Partial<RunResult>,
  ...argv: string[]
): Promise<Outcome> {
  const result = await workingApi.run('true', [], {});
  const of = (scope: Scope | null): bigint => parts[scope ?? 'unknown'] ?? 0n;
  const byScope = (['loopback', 'private', 'public', null] as const).map((scope) => ({
    ...{ scope, counters: { ...NOTHING, receivedBytes: of(scope) } },
  }));
  const traffic = sum(Object.values(parts).map((bytes) => tcp(bytes, 0n)));
  return cli(['run', ...argv, '--', 'x'], {
    run: (command, args, options) =>
      Promise.resolve({
        ...{ ...result, command: [command, ...args], traffic },
        ...(options?.flows === true && { byScope, byRemote: [], flows: [] }),
        ...given,
      }),
  });
}

const lower = { exact: false, reasons: ['attached'] };

test.each([
  [
    'kept to it',
    { public: 100n },
    {},
    ['--max-rx=100'],
    0,
    /^Within budget: received 100 bytes; at most 100 bytes are/m,
  ],
  [
    'received more',
    { public: 101n },
    {},
    ['--max-rx=100'],
    3,
    /^Over budget: received 101 bytes; at most 100 bytes were/m,
  ],
  ['received more, of a lower bound', { public: 101n }, lower, ['--max-rx=100'], 3, /^Over budget/m],
  [
    'may have received more: a lower bound',
    { public: 9n },
    lower,
    ['--max-rx=100'],
    125,
    /^Budget not verified: .* allowed, but this is a lower bound$/m,
  ],
  [
    'received more from elsewhere',
    { loopback: 900n, public: 100n },
    {},
    ['--max-rx=100', '--scope=public'],
    0,
    /^Within budget: received 100 bytes \(public\)/m,
  ],
  [
    'received more from two scopes',
    { private: 60n, public: 60n },
    {},
    ['--max-rx=100', '--scope=private,public'],
    3,
    /^Over budget/m,
  ],
  [
    'may have received more: unknown peers',
    { public: 60n, unknown: 60n },
    {},
    ['--max-rx=100', '--scope=public'],
    125,
    /allowed, but the peers of 60 bytes are unknown$/m,
  ],
  [
    'has unknown peers that fit in',
    { public: 60n, unknown: 40n },
    {},
    ['--max-rx=100', '--scope=public'],
    0,
    /^Within budget/m,
  ],
  ['failed itself', { public: 101n }, { exitCode: 7 }, ['--max-rx=100'], 7, /^Over budget/m],
  [
    'broke one of two',
    { public: 10n },
    {},
    ['--max-rx=9', '--max-tx=0'],
    3,
    /^Over budget: received.*\nWithin budget: sent/m,
  ],
] as const)('of a command that %s', async (_, parts, given, argv, status, says) => {
  const outcome = await received(parts, given, ...argv);
  expect([outcome.status, outcome.err]).toEqual([status, expect.stringMatching(says) as string]);
});

test('the JSON has the verdict', async () => {
  const { err } = await received({ public: 101n }, {}, '--max-rx=100', '--scope=public', '--json');
  expect(schemaErrors(err)).toEqual([]);
  expect(JSON.parse(err)).toMatchObject({
    budgets: [{ direction: 'received', limit: 100, scopes: ['public'], moved: 101, unknown: 0, outcome: 'broken' }],
  });
});

test.each([
  ['--max-rx=much'],
  ['--max-tx=1.0001kB'],
  ['--max-rx=-1'],
  ['--max-rx=1', '--scope=here'],
  ['--scope=public'],
])('%s %s is wrong usage', async (...argv) => {
  expect((await cli(['run', ...argv, '--', 'x'])).status).toBe(2);
});
