// SPDX-License-Identifier: MIT
import { messageOf, TrafficError } from '../model/errors';
import { loadedInstance, readStatus } from '../read/files';
import type { Host } from '../system/host';
import { packageVersion } from '../util/package-version';
import { failed, ok, unknown, warning, type Finding } from './check';
import { attempt } from './platform';

export function checkAddon(host: Host): Finding {
  return attempt(() => {
    host.native();
    return 'The native addon loads.';
  });
}

/** Whether what is loaded belongs to this package. */
export async function checkLoadedModule(host: Host): Promise<Finding> {
  if (loadedInstance(host) === null) return ok('net_traffic is not loaded: nothing of another version is in the way.');
  const version = packageVersion(host.packageRoot);
  try {
    const module = await readStatus(host);
    return module.version === version
      ? ok(`net_traffic ${version} is loaded, as this package has it.`)
      : warning(
          `net_traffic ${module.version} is loaded; this package has ${version}.`,
          'lkm-traffic unload; lkm-traffic load --fname=NAME',
        );
  } catch (error) {
    if (!(error instanceof TrafficError)) throw error;
    return error.code === 'ERR_ABI'
      ? failed(messageOf(error), error.hint ?? null)
      : unknown(`net_traffic is loaded; its version cannot be read: ${messageOf(error)}`);
  }
}
