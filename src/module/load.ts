// SPDX-License-Identifier: MIT
import { TrafficError, systemCode } from '../model/errors';
import {
  loadedInstance,
  MODULE,
  readCounters,
  readError,
  readParameters,
  readStatus,
  trafficFile,
} from '../read/files';
import { findRunning, type AlreadyRunning } from '../read/running';
import type { Control } from '../system/control';
import { requireLinux, thisHost, type Host } from '../system/host';
import { controlError } from './control-command';
import { insertModule, prepareModule } from './insert';
import { areInForce, checkConflicts, checkModuleOptions, moduleParameters, type ModuleOptions } from './parameters';

export interface LoadOptions extends ModuleOptions {
  /** Ends a build that is under way. */
  signal?: AbortSignal | undefined;
}

export interface LoadResult {
  /** True: this call loaded the module. False: it was loaded, and the names were added. */
  readonly loaded: boolean;
  /** The file that was loaded; null when the module was there already. */
  readonly ko: string | null;
  readonly engine: string;
  readonly families: readonly string[];
  /** What this call watches, as given. */
  readonly programs: readonly string[];
  readonly pids: readonly number[];
  /** Processes of these programs that run since before, and so are not counted; in another PID namespace none are named. */
  readonly alreadyRunning: readonly AlreadyRunning[];
}

/**
 * Loads the module to watch for programs, and builds it first where need be; on a loaded module, adds them.
 * What is watched like this stays until {@link unload}.
 *
 * @throws {TrafficError} ERR_CONFLICT when it is loaded with other parameters than those given, and all the
 * codes of a build and of a load that the kernel refuses
 */
export async function load(options: LoadOptions, host: Host = thisHost): Promise<LoadResult> {
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
      // What could not be watched is the failure; that it stays loaded would only be another.
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

/** Adds to what the module itself (owner 0) watches. */
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

/** Watches a name for the owner of `control`. `follow` is always said, so that no name can be taken for it. */
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
    if (systemCode(error) === 'EEXIST') return; // as was asked for
    throw error instanceof TrafficError ? error : controlError(error, 'attach', pid);
  }
}
