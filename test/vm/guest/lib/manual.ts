// SPDX-License-Identifier: MIT
/** Appendix A of the source document: the user manual, by hand, with nothing of ours but the source. */
import assert from 'node:assert/strict';
import { atEnd } from './cleanup';
import { forcedEngine, program } from './environment';
import { isLoaded, unload } from './module';
import { bound } from './net';
import { Program, outputOf } from './program';

/** insmod, run, dmesg, rmmod: as the manual has it, in the folder of the module. */
export async function followManual(cwd: string): Promise<void> {
  atEnd(async () => {
    if (isLoaded()) await unload();
  });
  await outputOf('dmesg', ['-C']);
  const engine = forcedEngine === undefined ? [] : [`engine=${forcedEngine}`];
  await outputOf('insmod', ['net_traffic.ko', 'fname=server.out', 'log_packets=1', ...engine], { cwd });
  const server = new Program(program('send_recv/server.out'));
  await bound('tcp', 9877);
  for (let n = 0; n < 2; n++) await outputOf(program('send_recv/client.out'));
  server.kill('SIGINT');
  await server.output();
  await outputOf('rmmod', ['net_traffic']);

  const log = (await outputOf('dmesg')).split('\n').map((line) => line.replace(/^\[ *\d+\.\d+\] /, ''));
  const transfers = ['Traffic module: process received 35 bytes.', 'Traffic module: process sent 35 bytes.'];
  assert.deepEqual(
    log.filter((line) => line.startsWith('Traffic module: ')),
    [
      'Traffic module: loaded.',
      'Traffic module: program server.out is monitored.',
      `Traffic module: program server.out with PID = ${server.pid} executed.`,
      ...transfers,
      ...transfers,
      `Traffic module: process with PID = ${server.pid} exited.`,
      'Traffic module: received 70 bytes.',
      'Traffic module: sent      70 bytes.',
      'Traffic module: unloaded.',
    ],
  );
}
