// SPDX-License-Identifier: MIT
/** The user manual, with the module that the suite compiled; compile/ has it from make on. */
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { modulePath } from './lib/environment';
import { followManual } from './lib/manual';
import { folder } from './lib/named';
import { test } from './lib/plan';

/** What the suite compiled on the host, with the same make. */
function madeOnHost(): string {
  const copy = folder();
  symlinkSync(modulePath, join(copy, 'net_traffic.ko'));
  return copy;
}

test("the user manual's steps work: insmod, run, dmesg, rmmod", async () => {
  await followManual(madeOnHost());
});
