// SPDX-License-Identifier: MIT
import { events } from '../../../src/events/events';
import { refusal } from '../support/refusal';

test.each([
  [{ events: 'send' }, /^events is 'send'; it is an array/],
  [{ events: ['sent'] }, /^events is 'sent'; it is of send, recv, exec, exit/],
  [{ events: [] }, /^events is ''/],
  [{ programs: 'curl' }, /^programs is 'curl'/],
])('%j is refused', async (options: object, message) => {
  await expect(events(options)).rejects.toEqual(refusal('ERR_INVALID_ARGUMENT', message));
});
