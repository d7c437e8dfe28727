// SPDX-License-Identifier: MIT
/** Runs every test of PART (quick, slow or both) whose name matches ONLY. The suite adds up what is reported. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { forcedEngine } from './lib/environment';
import { runPlanned } from './lib/plan';

/** Node's side of the product: the same whatever the engine, and slow to start under TCG. */
const ofUserSpace = [
  'api.test.js',
  'bad-input.test.js',
  'cli.test.js',
  'doctor.test.js',
  'events.test.js',
  'recipes.test.js',
  'run-options.test.js',
  'run-real.test.js',
  'run.test.js',
  'together.test.js',
  'totals.test.js',
  'watch.test.js',
];
const left = forcedEngine === undefined ? [] : ofUserSpace;
if (left.length > 0) console.log(`not planned here: ${left.join(', ')}; they run with the kernel's default engine`);

/** The tests of this folder, or those of the one in it that the suite names. */
const folder = join(__dirname, process.env['SET'] ?? '');
for (const file of readdirSync(folder).sort()) {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- found by name, so that none is forgotten
  if (file.endsWith('.test.js') && !left.includes(file)) require(join(folder, file));
}
runPlanned(new RegExp(process.env['ONLY'] ?? ''), process.env['PART'] ?? '');
