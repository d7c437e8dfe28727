// SPDX-License-Identifier: MIT
import path from 'node:path';
import { TrafficError, systemCode } from '../model/errors';
import type { UnloadOptions } from '../model/api-options';
import type { Snapshot } from '../model/types';
import { loadedInstance, MODULE, notLoadedError, readError, readStatus, trafficFile } from '../read/files';
import { snapshotOn } from '../read/snapshot';
import { requireLinux, type Host } from '../system/host';
import { openKernelLog, type KernelLog } from '../system/kernel-log';
import { obstacle } from '../system/privilege';
import { removeStale } from '../system/trace-instance';
import { findTracefs, whoTraces } from '../system/tracefs';
import { readText } from '../util/read-text';
import { unloadError } from './diagnose';

/** The internal form of `unload()`. */
export async function unloadOn(host: Host, { force = false }: UnloadOptions): Promise<Snapshot | null> {
  requireLinux(host);
  if (loadedInstance(host) === null) {
    throw notLoadedError({ hint: 'There is nothing to unload.' });
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

/** Unloading a module makes the kernel empty each trace in which events of the module were enabled. */
function refuseTraced(host: Host): void {
  const tracefs = findTracefs(host);
  if (tracefs !== null) removeStale(host, tracefs);
  const traced = whoTraces(host);
  if (traced.length === 0) return;
  const places = traced.map(
    ({ instance, events }) =>
      `${instance === null ? "the kernel's main trace" : `the trace instance ${instance}`} (${events.join(', ')})`,
  );
  const folders = traced.map(({ folder }) => `echo 0 > ${path.join(folder, 'events/net_traffic/enable')}`);
  throw new TrafficError(
    'ERR_IN_USE',
    `Events of the module are enabled in ${places.join(' and in ')}. Unloading the module would empty these traces.`,
    {
      hint: `To disable the events: ${folders.join('; ')}\nTo unload the module and empty the traces: lkm-traffic unload --force`,
    },
  );
}

/** Perf and BPF hold a reference to the module, as each session does. Refuses before counting is stopped. */
async function refuseHeld(host: Host): Promise<void> {
  const { sessions } = await readStatus(host);
  const held = Number(readText(path.join(host.sys, 'module', MODULE, 'refcnt')) ?? 0);
  if (sessions > 0 || held === 0) return;
  throw new TrafficError('ERR_IN_USE', 'Cannot unload the module: perf or a BPF program traces its events.', {
    hint: 'End that program. To find BPF programs: bpftool perf',
  });
}

async function finalTotals(host: Host, log: KernelLog): Promise<Snapshot | null> {
  try {
    await refuseHeld(host);
  } catch (error) {
    // A module of another version can be unloaded, although its files cannot be read.
    if (error instanceof TrafficError && error.code === 'ERR_ABI') return null;
    throw error;
  }
  await stop(host, log);
  return snapshotOn(host, {});
}

/** Switches the hooks off, so that no byte is counted after the totals are read. The module may be stopped already. */
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
      : new TrafficError(
          'ERR_IN_USE',
          'Cannot unload the module: calls of counted programs have not returned from it.',
          {
            hint: 'Try again, or end the programs. The kernel log names them: dmesg | grep "Traffic module"',
            cause: error,
            kernelLog: log.lines(),
          },
        );
  }
}
