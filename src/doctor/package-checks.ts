// SPDX-License-Identifier: MIT
import { messageOf, TrafficError } from '../model/errors';
import { loadedInstance, readStatus } from '../read/files';
import type { Host } from '../system/host';
import { packageVersion } from '../util/package-version';
import { attempt, failed, ok, unknown, warning, type Finding } from './finding';

export function checkAddon(host: Host): Finding {
  return attempt(() => {
    host.native();
    return 'The native addon can be loaded.';
  });
}

/** Whether the loaded module, if there is one, belongs to this package. */
export async function checkLoadedModule(host: Host): Promise<Finding> {
  if (loadedInstance(host) === null) return ok('net_traffic is not loaded, in this or in another version.');
  const version = packageVersion(host.packageRoot);
  try {
    const module = await readStatus(host);
    return module.version === version
      ? ok(`net_traffic ${version} is loaded. It is the version of this package.`)
      : warning(
          `net_traffic ${module.version} is loaded, but this package has version ${version}.`,
          'lkm-traffic unload; lkm-traffic load --fname=NAME',
        );
  } catch (error) {
    if (!(error instanceof TrafficError)) throw error;
    return error.code === 'ERR_ABI'
      ? failed(messageOf(error), error.hint ?? null)
      : unknown(`net_traffic is loaded, but its version cannot be read: ${messageOf(error)}`);
  }
}
