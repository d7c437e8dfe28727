// SPDX-License-Identifier: MIT
import { checkConflicts, checkModuleOptions, moduleParameters } from '../../../src/module/parameters';
import { refusal } from '../support/refusal';

test('what was not asked for is left to the module', () => {
  expect(moduleParameters({ programs: ['server.out'] })).toMatchObject({
    text: 'fname=server.out',
    rest: { programs: [], pids: [] },
  });
});

test('every option by the name it has in the kernel', () => {
  const { text } = moduleParameters({
    ...{ programs: ['a', 'b', 'a'], pids: [3, 4, 3], follow: false, families: ['inet'], logPackets: true },
    ...{ engine: 'redirect', history: 7 },
  });
  expect(text.split(' ').sort()).toEqual(
    ['engine=redirect', 'follow=0', 'families=inet', 'log_packets=1', 'history=7', 'fname=a,b', 'pid=3,4'].sort(),
  );
});

test('white space is quoted, and so are bytes that only the kernel takes for it', () => {
  expect(moduleParameters({ programs: ['my prog'] }).text).toBe('fname="my prog"');
  expect(moduleParameters({ programs: ['gro\u00df\u00a0'] }).text).toBe('fname="gro\u00df\u00a0"');
});

test.each([
  [['a,b']],
  [['a"b']],
  [['n'.repeat(250), 'o'.repeat(250), 'p'.repeat(250), 'q'.repeat(250), 'r'.repeat(20)]],
])('names that a parameter cannot hold are left for later: %j', (programs) => {
  expect(moduleParameters({ programs })).toMatchObject({ text: 'idle=1', rest: { programs, pids: [] } });
});

test('more pids than the parameter holds are left for later', () => {
  const pids = Array.from({ length: 65 }, (_, index) => index + 1);
  expect(moduleParameters({ programs: ['a'], pids })).toMatchObject({ text: 'fname=a', rest: { programs: [], pids } });
});

test.each([
  [{}, /Nothing to monitor/],
  [{ programs: [''] }, /empty/],
  [{ programs: ['x'.repeat(256)] }, /256 bytes/],
  [{ programs: ['ß'.repeat(128)] }, /256 bytes/],
  [{ programs: ['a\nb'] }, /line feed/],
  [{ pids: [0] }, /not a PID/],
  [{ pids: [1.5] }, /not a PID/],
  [{ programs: ['a'], families: [] }, /No address family/],
  [{ programs: ['a'], families: ['unix'] }, /inet,unix/],
  [{ programs: ['a'], families: ['inet', 'vsok'] }, /'vsok'.* vsock may be meant/],
  [{ programs: ['a'], maxFlows: 65537 }, /maxFlows/],
  [{ programs: ['a'], maxFlows: -1 }, /maxFlows/],
  [{ programs: ['a'], history: 0 }, /history/],
])('%j is refused', (options, message) => {
  expect(() => {
    checkModuleOptions(options);
  }).toThrow(refusal('ERR_INVALID_ARGUMENT', message));
});

test.each([
  [{ programs: 'server.out' }, "programs is 'server.out'; it is an array of strings.", "programs: ['server.out']"],
  [{ programs: ['a', 7] }, "programs is [ 'a', 7 ]; it is an array of strings.", "programs: ['server.out']"],
  [{ programs: null }, 'programs is null; it is an array of strings.', "programs: ['server.out']"],
  [{ pids: '12' }, "pids is '12'; it is an array of numbers.", 'pids: [1234]'],
  [{ pids: 12 }, 'pids is 12; it is an array of numbers.', 'pids: [1234]'],
  [{ pids: ['12'] }, "pids is [ '12' ]; it is an array of numbers.", 'pids: [1234]'],
  [
    { programs: ['a'], families: 'inet' },
    "families is 'inet'; it is an array of strings.",
    "families: ['inet', 'unix']",
  ],
])('JavaScript that gives %j is told what is meant', (options: object, message, hint) => {
  expect(() => {
    checkModuleOptions(options);
  }).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT', message, hint }) as Error);
});

test('a path may be longer than a name, and a name may have all of its 255 bytes', () => {
  checkModuleOptions({ programs: [`/${'d'.repeat(200)}/${'x'.repeat(255)}`] });
});

test('booleans of sysfs are compared as what they mean', () => {
  checkConflicts({ follow: true, logPackets: false }, { follow: 'Y', log_packets: 'N' });
});

test('a conflict names every parameter with both values', () => {
  expect(() => {
    checkConflicts(
      { follow: false, history: 5, engine: 'redirect' },
      { follow: 'Y', history: '1024', engine: 'redirect' },
    );
  }).toThrow(refusal('ERR_CONFLICT', /follow is Y, not 0; history is 1024, not 5\.$/));
});

test('the way out of a conflict holds for who gave the parameter and for who did not', () => {
  expect(() => {
    checkConflicts({ families: ['inet'] }, { families: 'inet,unix' });
  }).toThrow(expect.objectContaining({ hint: 'Ask for families inet,unix, or lkm-traffic unload first.' }) as Error);
});
