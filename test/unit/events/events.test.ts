// SPDX-License-Identifier: MIT
import { events } from '../../../src/events/events';
import { refusal } from '../support/refusal';

test.each([
  [{ events: 'send' }, /^events is 'send'; it is an array/],
  [{ events: ['sent'] }, /^events is 'sent'; it is of send, recv, exec, exit/],
  [{ events: [] }, /^events is ''/],
  [{ minBytes: 1.5 }, /^minBytes is 1.5; it is a whole number/],
  [{ minBytes: -1 }, /^minBytes is -1/],
  [{ minBytes: '7' }, /^minBytes is 7; it is a whole number/],
  [{ minBytes: 2n ** 63n }, /^minBytes is 9223372036854775808/],
  [{ programs: 'curl' }, /^programs is 'curl'/],
])('%p is refused', async (options: object, message) => {
  await expect(events(options)).rejects.toEqual(refusal('ERR_INVALID_ARGUMENT', message));
});
