// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { loadedInstance } from '../read/files';
import type { Host } from '../system/host';
import { lockdown } from '../system/privilege';
import { readText } from '../util/read-text';
import { failed, ok, unknown, warning, type Finding } from './check';

const SECURE_BOOT = 'firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c';
const SIGN =
  'Sign net_traffic.ko with a key that the kernel trusts (mokutil --import enrols one), and load it with --ko;';

/** The variable is four bytes of attributes and one of value; null: no EFI, or it cannot be read. */
function secureBoot(host: Host): boolean | null {
  try {
    return fs.readFileSync(path.join(host.sys, SECURE_BOOT)).at(4) === 1;
  } catch {
    return null;
  }
}

/** Whether the kernel loads a module that carries no signature. */
export function checkSignatures(host: Host): Finding {
  const mode = lockdown(host);
  const enforced = readText(path.join(host.sys, 'module/module/parameters/sig_enforce'))?.trim();
  const obstacle =
    mode !== null
      ? { what: `The kernel is locked down (${mode})`, remedy: `${SIGN} or turn Secure Boot off.` }
      : enforced === 'Y'
        ? { what: 'module.sig_enforce is set', remedy: `${SIGN} or boot without module.sig_enforce.` }
        : null;
  if (obstacle !== null) {
    const message = `${obstacle.what}: only signed modules are loaded`;
    return loadedInstance(host) === null
      ? failed(`${message}, and what is built here is not signed.`, obstacle.remedy)
      : warning(`${message}; net_traffic is loaded already.`);
  }
  if (readText(path.join(host.sys, 'kernel/security/lsm')) === null && secureBoot(host) !== false) {
    return unknown('Whether the kernel is locked down cannot be read: no securityfs is mounted.');
  }
  return ok(
    secureBoot(host) === true
      ? 'Secure Boot is on, but the kernel loads modules without a signature.'
      : 'Modules need no signature: no lockdown, no module.sig_enforce.',
  );
}
