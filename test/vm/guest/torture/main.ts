// SPDX-License-Identifier: MIT
/**
 * The campaign: main.js SEED MINUTES CYCLES [ROUNDS-ONLY]. Rounds for so many minutes, then that many bare loads and unloads, all
 * under traffic; then the phases that this kernel has the means for. The last line is the summary.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { cleanUp } from '../lib/cleanup';
import { kernelIsAtLeast, program } from '../lib/environment';
import { outputOf } from '../lib/program';
import { exhaustPids, failAllocations, searchLeaks } from './phases';
import { below, oneOf, seedRandom } from './random';
import { load, ownProgram, round, unload } from './round';
import { Blocked, Users, Victims, prepareFaults } from './stress';
import { did, fault, faults, summary, times } from './tally';

const [seed = 1, minutes = 3, cycles = 0] = process.argv.slice(2, 5).map(Number);
const roundsOnly = (process.argv[5] ?? '') !== '';

/** In, one process with known traffic, out. */
async function cycle(): Promise<void> {
  const bytes = 1 + below(1400);
  const engine = kernelIsAtLeast(6, 3) ? oneOf(['tracepoint', 'redirect']) : 'redirect';
  if (!(await load({ fname: 'short.out,victim', engine }))) return;
  await outputOf(program('exec/short.out'), [String(bytes)]);
  const { udp_tx_bytes: sent, udp_rx_bytes: received } = ownProgram('short.out');
  if (sent !== String(bytes) || received !== sent) fault('mismatches', `cycle: ${sent} ${received} of ${bytes}`);
  await unload();
}

async function campaign(): Promise<void> {
  // With one there are no races to be found.
  if (cpus().length < 2) throw new Error('the guest has one processor');
  const failing = await prepareFaults();
  const leaks = '/sys/kernel/debug/kmemleak';
  if (existsSync(leaks)) writeFileSync(leaks, 'clear');
  const deadline = performance.now() + minutes * 60_000;
  const blocked = new Blocked();
  await blocked.program.line(/^ready$/);
  const users = new Users();
  const victims = new Victims(failing);
  for (let n = 1; performance.now() < deadline && faults() < 20; n++) {
    await round(3 + below(5), blocked, users);
    await blocked.prove();
    console.log(`round ${n}: ${summary()}`);
  }
  // What compares nothing finds nothing: a machine may be too slow for so few minutes.
  if (minutes > 0 && times('calls') === 0) fault('mismatches', 'the rounds compared no call');
  await users.end();
  for (let n = 0; n < cycles && faults() < 20; n++) await cycle();
  await victims.end();
  await blocked.prove();
  await blocked.end();
  if (minutes > 0 && !roundsOnly) await exhaustPids();
  if (failing && !roundsOnly) await failAllocations();
  await cleanUp();
  if (existsSync(leaks)) await searchLeaks();
}

seedRandom(seed);
campaign()
  .catch((error: unknown) => {
    fault('mismatches', error instanceof Error ? (error.stack ?? error.message) : String(error));
  })
  .finally(() => {
    did('seconds', Math.round(performance.now() / 1000));
    console.log(`summary: ${summary()}`);
    process.exit(faults() === 0 ? 0 : 1);
  });
