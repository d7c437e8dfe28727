// SPDX-License-Identifier: MIT
import type { LoadOptions } from '../../../../src/model/api-options';
import { cli, workingApi, type Outcome } from '../../support/cli';
import { aProgram } from '../../support/rows';

describe('load', () => {
  const optionsOf = async (...argv: string[]): Promise<LoadOptions> => {
    let given: LoadOptions | undefined;
    await cli(['load', ...argv], { load: (options) => ((given = options), workingApi.load(options)) });
    if (!given) throw new Error('load was not called');
    return given;
  };

  test('passes on the given options and no others', async () => {
    expect(await optionsOf('--fname=server.out')).toMatchObject({
      ...{ programs: ['server.out'], pids: [], follow: undefined, families: undefined, logPackets: undefined },
      ...{ engine: undefined, history: undefined, ko: undefined },
    });
  });

  test('passes on all options', async () => {
    expect(
      await optionsOf(
        ...['--fname=a,b', '--fname', '1e3', '--pid', '7,8', '--pid=9', '--no-follow', '--families=inet'],
        ...['--log-packets', '--engine=redirect', '--history=5', '--ko=x.ko'],
      ),
    ).toMatchObject({
      ...{ programs: ['a', 'b', '1e3'], pids: [7, 8, 9], follow: false, families: ['inet'], logPackets: true },
      ...{ engine: 'redirect', history: 5, ko: 'x.ko' },
    });
  });

  test('warns of programs that already run, with the command that counts them', async () => {
    const { err } = await cli(['load', '--fname=server.out'], workingApi);
    expect(err).toMatch(/server\.out already runs with PID 501 .*\n {2}lkm-traffic load --pid 501\n/);
  });
});

describe('status', () => {
  test('prints since when a name is watched, and that it was never executed', async () => {
    const { out } = await cli(['status'], workingApi);
    expect(out).toMatch(/never\.out .*since 2026-11-24T03:00:00Z, never executed/);
    expect(out).toMatch(/inet_sendmsg +absent/);
  });

  const withProblem = (loaded: boolean, code: 'ERR_NOT_LOADED' | 'ERR_ABI', hint: string): Promise<Outcome> =>
    cli(['status'], {
      status: () =>
        Promise.resolve({
          ...{ healthy: false, loaded, module: null, parameters: {}, programs: [] },
          problems: [{ code, message: 'It is broken.', hint }],
        }),
    });

  test('prints a problem with its hint, and exits with 1', async () => {
    const { status, out } = await withProblem(true, 'ERR_ABI', 'To unload it:\n  rmmod net_traffic');
    expect(status).toBe(1);
    expect(out).toMatch(/Problem: It is broken\. \[ERR_ABI\]\n {2}To unload it:\n {4}rmmod net_traffic\n$/);
  });

  test('says once that the module is not loaded, and how to load it', async () => {
    const { status, out } = await withProblem(false, 'ERR_NOT_LOADED', 'load it');
    expect([status, out]).toEqual([
      1,
      'The net_traffic module is not loaded.\nTo load it: lkm-traffic load --fname=NAME\n',
    ]);
  });
});

describe('unload', () => {
  test('prints the final totals on stdout and the outcome on stderr', async () => {
    const { status, out, err } = await cli(['unload'], workingApi);
    expect(status).toBe(0);
    expect(out).toMatch(/^Total {2}received/m);
    expect(err).toBe('The module is unloaded.\n');
  });

  test('does not suggest to start a program that never ran', async () => {
    const snapshot = { ...(await workingApi.snapshot()), processes: [], programs: [aProgram({ owner: 0 })] };
    const { out } = await cli(['unload'], { unload: () => Promise.resolve(snapshot) });
    expect(out).toMatch(/^server\.out/m);
    expect(out).not.toMatch(/Start it/);
  });

  test('says that the totals of another version cannot be read', async () => {
    const { status, out, err } = await cli(['unload'], { unload: () => Promise.resolve(null) });
    expect([status, out]).toEqual([0, '']);
    expect(err).toMatch(/another version/);
  });
});

describe('doctor', () => {
  const remedy = 'apt-get install make';
  const failingMake = { name: 'make', state: 'failed', message: 'make is not installed.', remedy } as const;

  test('prints the fix below a check that failed, and exits with 1', async () => {
    const { status, out } = await cli(['doctor'], {
      doctor: () => Promise.resolve({ healthy: false, kernel: '6.12.1', checks: [failingMake] }),
    });
    expect(status).toBe(1);
    expect(out).toMatch(
      /^make +failed +make is not installed\.\n {4}apt-get install make\n\n1 check failed\. The fix is below it\.\n$/m,
    );
  });

  test('wraps messages to the width of the terminal, but no command', async () => {
    const message = 'A message of several words that is longer than the terminal is wide.';
    const command = '  apt-get install make gcc linux-headers-6.12.1-and-some-more-to-be-long';
    const remedy = `To install the headers of this kernel and the tools that build the module, as root:\n${command}`;
    const checks = [{ ...failingMake, message, remedy }];
    const doctor = () => Promise.resolve({ healthy: false, kernel: '6.12.1', checks });
    const { out } = await cli(['doctor'], { doctor }, {}, { outWidth: 60 });
    expect(out.split('\n').slice(1, 7)).toEqual([
      'make         failed  A message of several words that is',
      '                     longer than the terminal is wide.',
      '    To install the headers of this kernel and the tools that',
      '    build the module, as root:',
      `    ${command}`,
      '',
    ]);
    expect((await cli(['doctor'], { doctor })).out).toContain(`failed  ${message}\n`);
  });

  test('does not count a warning as a failure', async () => {
    const { status, out } = await cli(['doctor'], workingApi);
    expect(status).toBe(0);
    expect(out).toMatch(/All checks passed\.\n$/);
  });
});

test('build prints only the path on stdout', async () => {
  const { out } = await cli(['build', '--kernel', '6.1.0'], workingApi);
  expect(out).toBe('/var/cache/x/net_traffic.ko\n');
});

test('names the owners only if there are others than the module', async () => {
  const snapshot = { ...(await workingApi.snapshot()), programs: [aProgram({ owner: 0 })] };
  const { out } = await cli(['show'], { snapshot: () => Promise.resolve(snapshot) });
  expect(out).not.toMatch(/FOR/);
  expect((await cli(['show'], workingApi)).out).toMatch(/session 2/);
});
