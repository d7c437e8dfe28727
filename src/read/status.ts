// SPDX-License-Identifier: MIT
import { TrafficError, type TrafficErrorCode } from '../model/errors';
import type { Program } from '../model/types';
import { requireLinux, thisHost, type Host } from '../system/host';
import { loadedInstance, notLoadedError, readParameters, readPrograms, readStatus } from './files';
import type { ModuleStatus } from './status-file';

/** Something that keeps the counts from being right, or from being at all. */
export interface Problem {
  readonly code: TrafficErrorCode | 'HOOK_DETACHED' | 'ALLOCATION_FAILED';
  readonly message: string;
  readonly hint: string | null;
}

export interface Status {
  /** True: loaded, readable, counting, and without problems. */
  readonly healthy: boolean;
  readonly loaded: boolean;
  readonly problems: readonly Problem[];
  /** What the module says of itself; null when it cannot be read. */
  readonly module: ModuleStatus | null;
  /** Parameters in force, as sysfs shows them. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What is watched, for the module and for sessions. */
  readonly programs: readonly Program[];
}

function problemOf(error: TrafficError): Problem {
  return { code: error.code, message: error.message, hint: error.hint ?? null };
}

function problemsOf(module: ModuleStatus): Problem[] {
  const problems: Problem[] = [];
  if (module.state !== 'counting') {
    problems.push({
      code: 'ERR_STOPPED',
      message: 'The module was stopped: it counts nothing any more.',
      hint: 'lkm-traffic unload, then lkm-traffic load --fname=NAME',
    });
  } else {
    for (const { name } of module.hooks.filter(({ state }) => state === 'detached')) {
      problems.push({
        code: 'HOOK_DETACHED',
        message: `The hook ${name} is not attached: what passes there is not counted.`,
        hint: 'lkm-traffic unload, then load it again; the kernel log (dmesg) tells why.',
      });
    }
  }
  if (module.allocationsFailed > 0n) {
    problems.push({
      code: 'ALLOCATION_FAILED',
      message: `${module.allocationsFailed} allocations failed for lack of memory: some counts are lower bounds.`,
      hint: 'lkm-traffic show marks them.',
    });
  }
  return problems;
}

/** What is loaded, watched and attached, and what is wrong. Never rejects for the state that it reports. */
export async function status(host: Host = thisHost): Promise<Status> {
  const loaded = loadedInstance(host) !== null;
  const parameters = readParameters(host);
  try {
    requireLinux(host);
    if (!loaded) throw notLoadedError();
    const module = await readStatus(host);
    const programs = await readPrograms(host);
    const problems = problemsOf(module);
    return { healthy: problems.length === 0, loaded, problems, module, parameters, programs };
  } catch (error) {
    if (!(error instanceof TrafficError)) throw error;
    return { healthy: false, loaded, problems: [problemOf(error)], module: null, parameters, programs: [] };
  }
}
