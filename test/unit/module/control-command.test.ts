// SPDX-License-Identifier: MIT
import { parseControl } from '../../../src/module/control-command';
import { fixture } from '../support/fixtures';
import { refusal } from '../support/refusal';

test('reads the owner that a descriptor acts for', () => {
  expect(parseControl(fixture('control'))).toBe(7);
});

test('rejects a file without a row with ERR_ABI', () => {
  expect(() => parseControl('net_traffic 1\nowner\n')).toThrow(refusal('ERR_ABI'));
});
