// SPDX-License-Identifier: MIT
/** Runs every test in this folder whose name matches ONLY. The suite adds up what is reported. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runPlanned } from './lib/plan';

for (const file of readdirSync(__dirname).sort()) {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- found by name, so that none is forgotten
  if (file.endsWith('.test.js')) require(join(__dirname, file));
}
runPlanned(new RegExp(process.env['ONLY'] ?? ''));
