// SPDX-License-Identifier: MIT
import { TrafficError } from '../model/errors';
import type { ModuleStatus, Problem, Status } from '../model/api-results';
import { requireLinux, type Host } from '../system/host';
import { loadedInstance, notLoadedError, RELOAD, readParameters, readPrograms, readStatus } from './files';

function problemOf(error: TrafficError): Problem {
  return { code: error.code, message: error.message, hint: error.hint ?? null };
}

function problemsOf(module: ModuleStatus): Problem[] {
  const problems: Problem[] = [];
  if (module.state !== 'counting') {
    problems.push({
      code: 'ERR_STOPPED',
      message: 'The module was stopped and no longer counts.',
      hint: RELOAD,
    });
  } else {
    for (const { name } of module.hooks.filter(({ state }) => state === 'detached')) {
      problems.push({
        code: 'HOOK_DETACHED',
        message: `The hook ${name} is not attached. Traffic that passes there is not counted.`,
        hint: `${RELOAD}\nThe kernel log says why: dmesg | grep "Traffic module"`,
      });
    }
  }
  if (module.allocationsFailed > 0n) {
    problems.push({
      code: 'ALLOCATION_FAILED',
      message: `${module.allocationsFailed} memory allocations failed. Some counts are lower bounds.`,
      hint: 'To see which: lkm-traffic show',
    });
  }
  return problems;
}

/** The internal form of `status()`. */
export async function statusOn(host: Host): Promise<Status> {
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
