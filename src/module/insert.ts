// SPDX-License-Identifier: MIT
import { build } from '../build/build';
import { systemCode } from '../model/errors';
import type { Host } from '../system/host';
import { openKernelLog } from '../system/kernel-log';
import { obstacle } from '../system/privilege';
import { trustedModule } from '../system/trust';
import { loadError } from './diagnose';

const BUSY_TRIES = 10;
const BUSY_DELAY_MS = 100;

/** The module's file: what was given, if safe, or what is built. Checked first: whether loading can succeed at all. */
export async function prepareModule(host: Host, ko: string | undefined, signal?: AbortSignal): Promise<string> {
  const reason = obstacle(host, 'load');
  if (reason !== null) throw reason;
  return trustedModule(host, ko ?? (await build({ signal }, host)).ko);
}

/**
 * finit_module(2). False: somebody else loaded it in the meantime.
 * @throws {TrafficError} with the module's own lines of the kernel log
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
        // Without a word of the module, the kernel refused because another load or unload of it is under way.
        const passing = systemCode(error) === 'EBUSY' && lines.length === 0 && tries < BUSY_TRIES;
        if (!passing) throw loadError(error, host, ko, lines);
      }
      await host.delay(BUSY_DELAY_MS);
    }
  } finally {
    log.close();
  }
}
