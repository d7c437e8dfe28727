// SPDX-License-Identifier: MIT
import { checkConflicts, checkModuleOptions, moduleParameters } from '../../../src/module/parameters';
import { refusal } from '../support/refusal';

test('leaves undefined options to the defaults of the module', () => {
  expect(moduleParameters({ programs: ['server.out'] })).toMatchObject({
    text: 'fname=server.out',
    rest: { programs: [], pids: [] },
  });
});

test('passes each option under its name in the module', () => {
  const { text } = moduleParameters({
    ...{ programs: ['a', 'b', 'a'], pids: [3, 4, 3], follow: false, families: ['inet'], logPackets: true },
    ...{ engine: 'redirect', history: 7 },
  });
  expect(text.split(' ').sort()).toEqual(
    ['engine=redirect', 'follow=0', 'families=inet', 'log_packets=1', 'history=7', 'fname=a,b', 'pid=3,4'].sort(),
  );
});

test('quotes white space, and bytes that only the kernel reads as white space', () => {
  expect(moduleParameters({ programs: ['my prog'] }).text).toBe('fname="my prog"');
  expect(moduleParameters({ programs: ['gro\u00df\u00a0'] }).text).toBe('fname="gro\u00df\u00a0"');
});

test.each([
  [['a,b']],
  [['a"b']],
  [['n'.repeat(250), 'o'.repeat(250), 'p'.repeat(250), 'q'.repeat(250), 'r'.repeat(20)]],
])('leaves names that the parameter cannot hold for later: %j', (programs) => {
  expect(moduleParameters({ programs })).toMatchObject({ text: 'idle=1', rest: { programs, pids: [] } });
});

test('leaves PIDs for later if there are more than the parameter holds', () => {
  const pids = Array.from({ length: 65 }, (_, index) => index + 1);
  expect(moduleParameters({ programs: ['a'], pids })).toMatchObject({ text: 'fname=a', rest: { programs: [], pids } });
});

test.each([
  [{}, /Nothing to count/],
  [{ programs: [''] }, /empty/],
  [{ programs: ['x'.repeat(256)] }, /256 bytes/],
  [{ programs: ['ß'.repeat(128)] }, /256 bytes/],
  [{ programs: ['a\nb'] }, /line feed/],
  [{ pids: [0] }, /not a PID/],
  [{ pids: [1.5] }, /not a PID/],
  [{ programs: ['a'], families: [] }, /list of address families is empty/],
  [{ programs: ['a'], families: ['unix'] }, /inet,unix/],
  [{ programs: ['a'], families: ['inet', 'vsok'] }, /'vsok'.* Did you mean vsock\?/],
  [{ programs: ['a'], maxFlows: 65537 }, /maxFlows/],
  [{ programs: ['a'], maxFlows: -1 }, /maxFlows/],
  [{ programs: ['a'], history: 0 }, /history/],
])('rejects %j', (options, message) => {
  expect(() => {
    checkModuleOptions(options);
  }).toThrow(refusal('ERR_INVALID_ARGUMENT', message));
});

test.each([
  [
    { programs: 'server.out' },
    "programs is 'server.out', but must be an array of strings.",
    "Example: programs: ['server.out']",
  ],
  [
    { programs: ['a', 7] },
    "programs is [ 'a', 7 ], but must be an array of strings.",
    "Example: programs: ['server.out']",
  ],
  [{ programs: null }, 'programs is null, but must be an array of strings.', "Example: programs: ['server.out']"],
  [{ pids: '12' }, "pids is '12', but must be an array of numbers.", 'Example: pids: [1234]'],
  [{ pids: 12 }, 'pids is 12, but must be an array of numbers.', 'Example: pids: [1234]'],
  [{ pids: ['12'] }, "pids is [ '12' ], but must be an array of numbers.", 'Example: pids: [1234]'],
  [
    { programs: ['a'], families: 'inet' },
    "families is 'inet', but must be an array of strings.",
    "Example: families: ['inet', 'unix']",
  ],
])('explains what is wrong with %j', (options: object, message, hint) => {
  expect(() => {
    checkModuleOptions(options);
  }).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT', message, hint }) as Error);
});

test('accepts a name of 255 bytes in a longer path', () => {
  checkModuleOptions({ programs: [`/${'d'.repeat(200)}/${'x'.repeat(255)}`] });
});

test('compares booleans of sysfs by their meaning', () => {
  checkConflicts({ follow: true, logPackets: false }, { follow: 'Y', log_packets: 'N' });
});

test('names each conflicting parameter with both values', () => {
  expect(() => {
    checkConflicts(
      { follow: false, history: 5, engine: 'redirect' },
      { follow: 'Y', history: '1024', engine: 'redirect' },
    );
  }).toThrow(refusal('ERR_CONFLICT', /follow is Y, not 0; history is 1024, not 5\.$/));
});

test('suggests the value in effect, or an unload, for a conflict', () => {
  expect(() => {
    checkConflicts({ families: ['inet'] }, { families: 'inet,unix' });
  }).toThrow(
    expect.objectContaining({
      hint: 'Ask for families inet,unix, or unload the module first: lkm-traffic unload',
    }) as Error,
  );
});
