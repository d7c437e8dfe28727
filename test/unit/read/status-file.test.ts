// SPDX-License-Identifier: MIT
import { parseStatus } from '../../../src/read/status-file';
import { fixture } from '../support/fixtures';
import { refusal } from '../support/refusal';

const text = fixture('status');

test('what the module says of itself', () => {
  expect(parseStatus(text)).toMatchObject({
    version: '0.1.0',
    abi: 1,
    engine: 'tracepoint',
    families: ['inet'],
    state: 'counting',
    logPackets: false,
    follow: true,
    history: 1024,
    recordsEnded: 4n,
    evicted: 2n,
    sessions: 2,
    sessionsMax: 63,
  });
});

test('hooks in their order, with their state', () => {
  const { hooks } = parseStatus(text);
  expect(hooks[0]).toEqual({ name: 'sched_process_exec', state: 'attached' });
  expect(hooks).toContainEqual({ name: 'inet_sendmsg', state: 'absent' });
});

test.each([
  ['a key that is missing', text.replace(/^engine.*\n/m, ''), /engine/],
  ['a state that is not known', text.replace('\tcounting', '\tasleep'), /asleep/],
  ['a hook state that is not known', text.replace('inet_sendmsg\tabsent', 'inet_sendmsg\tlost'), /lost/],
  ['a number that is none', text.replace('history\t1024', 'history\tmany'), /many/],
])('%s is ERR_ABI', (_, wrong, message) => {
  expect(() => parseStatus(wrong)).toThrow(refusal('ERR_ABI', message));
});
