// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { messageOfRecord, openKernelLog } from '../../../src/system/kernel-log';

test('reads the message of a record, without properties and with decoded bytes', () => {
  expect(messageOfRecord('6,339,5140900,-;Traffic module: a\\x09b; c\n SUBSYSTEM=acpi\n')).toBe(
    'Traffic module: a\tb; c',
  );
});

test('returns only lines of the module since the log was opened', () => {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'kmsg-')), 'kmsg');
  fs.writeFileSync(file, '3,1,1,-;Traffic module: old\n');
  const log = openKernelLog(file);
  fs.appendFileSync(file, '3,2,2,-;Traffic module: new\n');
  expect(log.lines()).toEqual(['Traffic module: new']);
  fs.appendFileSync(file, '3,3,3,-;usb: something else\n');
  expect(log.lines()).toEqual([]);
  log.close();
  fs.rmSync(path.dirname(file), { recursive: true });
});

test('returns no lines if the log cannot be read', () => {
  const log = openKernelLog('/nonexistent/kmsg');
  expect(log.lines()).toEqual([]);
  log.close();
});
