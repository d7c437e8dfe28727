// SPDX-License-Identifier: MIT
import { buildOn } from '../build/build';
import { systemCode } from '../model/errors';
import type { Host } from '../system/host';
import { openKernelLog } from '../system/kernel-log';
import { obstacle } from '../system/privilege';
import { trustedModule } from '../system/trust';
import { loadError } from './diagnose';

const BUSY_TRIES = 10;
const BUSY_DELAY_MS = 100;

/**
 * The path of the module to load: `ko` if it is safe to load, otherwise a built module. First checks whether this process
 * can load modules at all.
 */
export async function prepareModule(host: Host, ko: string | undefined, signal?: AbortSignal): Promise<string> {
  const reason = obstacle(host, 'load');
  if (reason !== null) throw reason;
  return trustedModule(host, ko ?? (await buildOn(host, { signal })).ko);
}

/**
 * Loads the module by finit_module(2). Returns false if another process loaded it in the meantime.
 *
 * @throws {TrafficError} with the lines that the module wrote to the kernel log
 */
export async function insertModule(host: Host, ko: string, parameters: string): Promise<boolean> {
  const log = openKernelLog(host.kmsg);
  try {
    for (let tries = 1; ; tries += 1) {
      try {
        await host.native().load(ko, parameters);
        return true;
      } catch (error) {
        if (systemCode(error) === 'EEXIST') return false;
        const lines = log.lines();
        // If the module wrote no line, the kernel refused because another load or unload of it is in progress.
        const passing = systemCode(error) === 'EBUSY' && lines.length === 0 && tries < BUSY_TRIES;
        if (!passing) throw loadError(error, host, ko, lines);
      }
      await host.delay(BUSY_DELAY_MS);
    }
  } finally {
    log.close();
  }
}
