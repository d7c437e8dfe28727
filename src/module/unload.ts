// SPDX-License-Identifier: MIT
import path from 'node:path';
import { TrafficError, systemCode } from '../model/errors';
import type { Snapshot } from '../model/types';
import { loadedInstance, MODULE, readError, readStatus, trafficFile } from '../read/files';
import { snapshot } from '../read/snapshot';
import { requireLinux, thisHost, type Host } from '../system/host';
import { openKernelLog, type KernelLog } from '../system/kernel-log';
import { obstacle } from '../system/privilege';
import { removeStale } from '../system/trace-instance';
import { findTracefs, whoTraces } from '../system/tracefs';
import { readText } from '../util/read-text';
import { unloadError } from './diagnose';

export interface UnloadOptions {
  /** Also while trace events of the module are on: what was traced where they are, is emptied. */
  force?: boolean | undefined;
}

/**
 * Stops counting, reads the final totals and unloads the module.
 *
 * @returns the final totals; null when the loaded module is of another version, whose files cannot be read
 * @throws {TrafficError} ERR_NOT_LOADED; ERR_IN_USE while a session is open, somebody traces its events, or calls
 * inside of the module do not end; ERR_PERMISSION, ERR_LOCKDOWN
 */
export async function unload({ force = false }: UnloadOptions = {}, host: Host = thisHost): Promise<Snapshot | null> {
  requireLinux(host);
  if (loadedInstance(host) === null) {
    throw new TrafficError('ERR_NOT_LOADED', 'The net_traffic module is not loaded.', {
      hint: 'There is nothing to unload.',
    });
  }
  const reason = obstacle(host, 'unload');
  if (reason !== null) throw reason;
  if (!force) refuseTraced(host);
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

/** The kernel empties every trace that has events of a module which goes. */
function refuseTraced(host: Host): void {
  const tracefs = findTracefs(host);
  if (tracefs !== null) removeStale(host, tracefs);
  const traced = whoTraces(host);
  if (traced.length === 0) return;
  const places = traced.map(
    ({ instance, events }) =>
      `${instance === null ? "the kernel's own trace" : `the trace instance ${instance}`} (${events.join(', ')})`,
  );
  const folders = traced.map(({ folder }) => `echo 0 > ${path.join(folder, 'events/net_traffic/enable')}`);
  throw new TrafficError(
    'ERR_IN_USE',
    `Events of the module are traced in ${places.join(', and ')}: to unload it empties what was recorded there.`,
    { hint: `${folders.join('; ')}\nor all the same: lkm-traffic unload --force` },
  );
}

/** Perf and BPF keep the module, as each session does; nothing is stopped then. */
async function refuseHeld(host: Host): Promise<void> {
  const { sessions } = await readStatus(host);
  const held = Number(readText(path.join(host.sys, 'module', MODULE, 'refcnt')) ?? 0);
  if (sessions > 0 || held === 0) return;
  throw new TrafficError('ERR_IN_USE', 'The module is in use: perf or a BPF program traces its events.', {
    hint: 'End it; bpftool perf lists them.',
  });
}

async function finalTotals(host: Host, log: KernelLog): Promise<Snapshot | null> {
  try {
    await refuseHeld(host);
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
