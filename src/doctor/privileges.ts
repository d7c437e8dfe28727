// SPDX-License-Identifier: MIT
import path from 'node:path';
import type { Host } from '../system/host';
import { isCapable, type Capability } from '../system/privilege';
import { readText } from '../util/read-text';
import { failed, ok, type Finding } from './check';

const NEEDED: readonly Capability[] = ['CAP_SYS_MODULE', 'CAP_NET_ADMIN'];

/** The first user namespace maps every user to itself; capabilities of another one load no modules. */
function isInUserNamespace(host: Host): boolean {
  const map = readText(path.join(host.proc, 'self/uid_map'));
  return map !== null && !/^\s*0\s+0\s+4294967295\s*$/.test(map);
}

export function checkCapabilities(host: Host): Finding {
  const missing = NEEDED.filter((capability) => !isCapable(host, capability));
  if (missing.length > 0) {
    return failed(
      `This process has no ${missing.join(' and no ')}.`,
      host.euid === 0 ? 'In a container, do it on the host.' : 'sudo lkm-traffic …',
    );
  }
  return isInUserNamespace(host)
    ? failed('Its capabilities are those of a user namespace.', 'Do it on the host, as its root.')
    : ok(`This process has ${NEEDED.join(' and ')}.`);
}
