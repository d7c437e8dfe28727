// SPDX-License-Identifier: MIT
import { TrafficError, systemCode } from '../errors';
import { requireLinux, thisHost, type Host } from '../host';
import type { Snapshot } from '../types';
import { unloadError } from './diagnose';
import { loadedInstance, MODULE, readError, readStatus, trafficFile } from './files';
import { openKernelLog, type KernelLog } from './kernel-log';
import { obstacle } from './privilege';
import { snapshot } from './snapshot';

/**
 * Stops counting, reads the final totals and unloads the module.
 *
 * @returns the final totals; null when the loaded module is of another version, whose files cannot be read
 * @throws {TrafficError} ERR_NOT_LOADED; ERR_IN_USE while a session is open, or calls inside of the module do not end;
 * ERR_PERMISSION, ERR_LOCKDOWN
 */
export async function unload(host: Host = thisHost): Promise<Snapshot | null> {
  requireLinux(host);
  if (loadedInstance(host) === null) {
    throw new TrafficError('ERR_NOT_LOADED', 'The net_traffic module is not loaded.', {
      hint: 'There is nothing to unload.',
    });
  }
  const reason = obstacle(host, 'unload');
  if (reason !== null) throw reason;
  const log = openKernelLog(host.kmsg);
  try {
    const final = await finalTotals(host, log);
    try {
      await host.native().unload(MODULE);
    } catch (error) {
      throw unloadError(error, host, log.lines());
    }
    return final;
  } finally {
    log.close();
  }
}

async function finalTotals(host: Host, log: KernelLog): Promise<Snapshot | null> {
  try {
    await readStatus(host);
  } catch (error) {
    // Whatever it speaks, it can be unloaded.
    if (error instanceof TrafficError && error.code === 'ERR_ABI') return null;
    throw error;
  }
  await stop(host, log);
  return snapshot({}, host);
}

/** Hooks off and drained, so that no byte is counted after the totals were read. Stopping twice is no mistake. */
async function stop(host: Host, log: KernelLog): Promise<void> {
  const file = trafficFile(host, 'control');
  try {
    const control = host.openControl(file);
    try {
      control.write('stop');
    } finally {
      control.close();
    }
  } catch (error) {
    if (systemCode(error) === 'ESHUTDOWN') return;
    if (systemCode(error) !== 'EBUSY') throw readError(error, host, file);
    const { sessions } = await readStatus(host);
    throw sessions > 0
      ? unloadError(error, host, log.lines())
      : new TrafficError('ERR_IN_USE', 'Calls of monitored programs are still inside the module.', {
          hint: 'The kernel log names them; end them, or try again.',
          cause: error,
          kernelLog: log.lines(),
        });
  }
}
