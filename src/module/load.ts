// SPDX-License-Identifier: MIT
import { TrafficError, systemCode } from '../model/errors';
import type { LoadOptions, ModuleOptions } from '../model/api-options';
import type { LoadResult } from '../model/api-results';
import {
  loadedInstance,
  MODULE,
  readCounters,
  readError,
  readParameters,
  readStatus,
  trafficFile,
} from '../read/files';
import { findRunning } from '../read/running';
import type { Control } from '../system/control';
import { requireLinux, type Host } from '../system/host';
import { controlError } from './control-command';
import { insertModule, prepareModule } from './insert';
import { areInForce, checkConflicts, checkModuleOptions, moduleParameters } from './parameters';

/** The internal form of `load()`. */
export async function loadOn(host: Host, options: LoadOptions): Promise<LoadResult> {
  requireLinux(host);
  checkModuleOptions(options);
  const { programs = [], pids = [] } = options;

  const parameters = moduleParameters(options);
  let ko: string | null = null;
  let loaded = false;
  if (loadedInstance(host) === null) {
    ko = await prepareModule(host, options.ko, options.signal);
    loaded = (await insertModule(host, ko, parameters.text)) && areInForce(parameters, readParameters(host));
  }
  if (!loaded) {
    checkConflicts(options, readParameters(host));
    await addWatches(host, options, programs, pids);
  } else if (parameters.rest.programs.length + parameters.rest.pids.length > 0) {
    try {
      await addWatches(host, options, parameters.rest.programs, parameters.rest.pids);
    } catch (error) {
      // The failed watch is the error to report. A failure to unload would only hide it.
      await host
        .native()
        .unload(MODULE)
        .catch(() => undefined);
      throw error;
    }
  }

  const { engine, families } = await readStatus(host);
  const counted = new Set((await readCounters(host)).filter(({ state }) => state === 'running').map(({ pid }) => pid));
  const alreadyRunning = findRunning(host, programs, counted);
  return { loaded, ko: loaded ? ko : null, engine, families, programs, pids, alreadyRunning };
}

/** Adds programs and processes to what the module itself (owner 0) watches. */
async function addWatches(
  host: Host,
  options: ModuleOptions,
  programs: readonly string[],
  pids: readonly number[],
): Promise<void> {
  const follow = options.follow ?? (await readStatus(host)).follow;
  const file = trafficFile(host, 'control');
  let control: Control;
  try {
    control = host.openControl(file);
  } catch (error) {
    throw readError(error, host, file);
  }
  try {
    for (const name of programs) watch(control, name, follow);
    for (const pid of pids) attach(control, pid);
  } finally {
    control.close();
  }
}

/** Watches a name for the owner of `control`. `follow` is always written, so that no name can be read as that option. */
export function watch(control: Control, name: string, follow: boolean): void {
  try {
    control.write(`watch follow=${follow ? 1 : 0} ${name}`);
  } catch (error) {
    throw controlError(error, 'watch', name);
  }
}

export function attach(control: Control, pid: number): void {
  try {
    control.write(`attach ${pid}`);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return; // The process is attached already.
    throw error instanceof TrafficError ? error : controlError(error, 'attach', pid);
  }
}
