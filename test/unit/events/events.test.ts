// SPDX-License-Identifier: MIT
import { eventsOn } from '../../../src/events/events';
import { thisHost } from '../../../src/system/host';
import { refusal } from '../support/refusal';

test.each([
  [{ events: 'send' }, /^events is 'send', but must be an array/],
  [{ events: ['sent'] }, /^events is 'sent', but must contain some of send, recv, exec, exit\./],
  [{ events: [] }, /^events is ''/],
  [{ minBytes: 1.5 }, /^minBytes is 1\.5, but must be a whole number/],
  [{ minBytes: -1 }, /^minBytes is -1/],
  [{ minBytes: '7' }, /^minBytes is '7', but must be a whole number/],
  [{ minBytes: 2n ** 63n }, /^minBytes is 9223372036854775808/],
  [{ programs: 'curl' }, /^programs is 'curl'/],
])('rejects %p', async (options: object, message) => {
  await expect(eventsOn(thisHost, options)).rejects.toEqual(refusal('ERR_INVALID_ARGUMENT', message));
});
