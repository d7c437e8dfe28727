// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { TrafficError } from '../model/errors';
import { readText } from '../util/read-text';
import type { Host } from './host';

/** The numbers in linux/capability.h. */
const CAPABILITIES = { CAP_NET_ADMIN: 12n, CAP_SYS_MODULE: 16n } as const;
export type Capability = keyof typeof CAPABILITIES;

/** Whether this process has a capability. If that cannot be read, root has all and other users have none. */
export function isCapable(host: Host, capability: Capability): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readText(path.join(host.proc, 'self/status')) ?? '')?.[1];
  if (effective === undefined) return host.euid === 0;
  return ((BigInt(`0x${effective}`) >> CAPABILITIES[capability]) & 1n) === 1n;
}

/** The lockdown mode in effect, such as `integrity`; null if there is none. */
export function lockdown(host: Host): string | null {
  const chosen = /\[(\w+)\]/.exec(readText(path.join(host.sys, 'kernel/security/lockdown')) ?? '')?.[1];
  return chosen === undefined || chosen === 'none' ? null : chosen;
}

function modulesDisabled(host: Host): boolean {
  return readText(path.join(host.proc, 'sys/kernel/modules_disabled'))?.trim() === '1';
}

export function noModulesError(cause?: unknown): TrafficError {
  return new TrafficError('ERR_KERNEL_MISMATCH', 'This kernel does not support loadable modules.', {
    hint: 'Boot a kernel that was built with CONFIG_MODULES, such as the standard kernel of a distribution.',
    cause,
  });
}

/** Why this process cannot load or unload modules, as far as it is known before the attempt; null if nothing is known. */
export function obstacle(host: Host, action: 'load' | 'unload', cause?: unknown): TrafficError | null {
  if (!fs.existsSync(path.join(host.proc, 'modules'))) return noModulesError(cause);
  if (!isCapable(host, 'CAP_SYS_MODULE')) {
    return new TrafficError(
      'ERR_PERMISSION',
      `No permission to ${action} kernel modules: that requires CAP_SYS_MODULE.`,
      {
        hint: host.euid === 0 ? 'Inside a container, run it on the host instead.' : 'Run as root: sudo lkm-traffic …',
        cause,
      },
    );
  }
  if (modulesDisabled(host)) {
    return new TrafficError('ERR_LOCKDOWN', `Cannot ${action} kernel modules: kernel.modules_disabled is 1.`, {
      hint: 'Only a reboot resets it. To find the file that sets it: grep -r modules_disabled /etc/sysctl.conf /etc/sysctl.d',
      cause,
    });
  }
  return null;
}

/** The error to report if the kernel refused with EPERM. */
export function permissionError(host: Host, action: 'load' | 'unload', cause: unknown): TrafficError {
  const mode = lockdown(host);
  return (
    obstacle(host, action, cause) ??
    (mode === null
      ? new TrafficError(
          'ERR_PERMISSION',
          `The kernel refused to ${action} the module, although this process has CAP_SYS_MODULE.`,
          {
            hint: 'A security module or a seccomp filter forbids it. Inside a container, run it on the host instead.',
            cause,
          },
        )
      : new TrafficError('ERR_LOCKDOWN', `The kernel is locked down (${mode}) and loads signed modules only.`, {
          hint: 'Sign net_traffic.ko with a key that the kernel trusts (see man mokutil), or turn Secure Boot off.',
          cause,
        }))
  );
}
