// SPDX-License-Identifier: MIT
import { parseStatus } from '../../../src/read/status-file';
import { fixture } from '../support/fixtures';
import { refusal } from '../support/refusal';

const text = fixture('status');

test('reads what the module reports about itself', () => {
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

test('reads the hooks in their order, with their state', () => {
  const { hooks } = parseStatus(text);
  expect(hooks[0]).toEqual({ name: 'sched_process_exec', state: 'attached' });
  expect(hooks).toContainEqual({ name: 'inet_sendmsg', state: 'absent' });
});

test.each([
  ['a missing key', text.replace(/^engine.*\n/m, ''), /engine/],
  ['an unknown state', text.replace('\tcounting', '\tasleep'), /asleep/],
  ['an unknown state of a hook', text.replace('inet_sendmsg\tabsent', 'inet_sendmsg\tlost'), /lost/],
  ['text in place of a number', text.replace('history\t1024', 'history\tmany'), /many/],
])('rejects %s with ERR_ABI', (_, wrong, message) => {
  expect(() => parseStatus(wrong)).toThrow(refusal('ERR_ABI', message));
});
