// SPDX-License-Identifier: MIT
import { messageOf, systemCode } from '../errors';
import type { Host } from '../host';
import { whoTraces } from '../events/tracefs';
import { loadedInstance, MODULE, readPrograms, readStatus } from '../module/files';

const TRIES = 5;
const RETRY_MS = 20;

/** The load of the module that sessions of this thread made; whichever of them closes last undoes it. */
let loadedHere: bigint | null = null;

export function noteLoaded(instance: bigint | null): void {
  loadedHere = instance;
}

/** Unloads what a session of this thread loaded, unless somebody uses it. The totals are safe: this never rejects. */
export async function releaseModule(host: Host): Promise<void> {
  if (loadedHere === null || loadedInstance(host) !== loadedHere) return;
  try {
    for (let tries = 0; tries < TRIES && !(await inUse(host)); tries += 1) {
      if (await tryUnload(host)) {
        loadedHere = null;
        return;
      }
      // A child between fork and exec holds a copy of our descriptor for a moment.
      await host.delay(RETRY_MS);
    }
  } catch (error) {
    if (loadedInstance(host) === null) return;
    process.emitWarning(`net_traffic stays loaded: ${messageOf(error)}`, 'TrafficWarning');
  }
}

/** Other sessions, who traces its events, or what `load` watches. */
async function inUse(host: Host): Promise<boolean> {
  if (whoTraces(host).length > 0) return true;
  const { sessions } = await readStatus(host);
  return sessions > 0 || (await readPrograms(host)).some(({ owner }) => owner === 0);
}

async function tryUnload(host: Host): Promise<boolean> {
  try {
    await host.native().unload(MODULE);
    return true;
  } catch (error) {
    const code = systemCode(error) ?? '';
    if (code === 'ENOENT') return true;
    if (['EAGAIN', 'EWOULDBLOCK', 'EBUSY'].includes(code)) return false;
    throw error;
  }
}
