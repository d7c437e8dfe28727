// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { TrafficError } from '../model/errors';
import { readText } from '../util/read-text';
import type { Host } from './host';

/** Numbers of linux/capability.h. */
const CAPABILITIES = { CAP_NET_ADMIN: 12n, CAP_SYS_MODULE: 16n } as const;
export type Capability = keyof typeof CAPABILITIES;

/** Whether this process has a capability; where that cannot be read, root has. */
export function isCapable(host: Host, capability: Capability): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readText(path.join(host.proc, 'self/status')) ?? '')?.[1];
  if (effective === undefined) return host.euid === 0;
  return ((BigInt(`0x${effective}`) >> CAPABILITIES[capability]) & 1n) === 1n;
}

/** The lockdown in force, as `integrity`; null when there is none. */
export function lockdown(host: Host): string | null {
  const chosen = /\[(\w+)\]/.exec(readText(path.join(host.sys, 'kernel/security/lockdown')) ?? '')?.[1];
  return chosen === undefined || chosen === 'none' ? null : chosen;
}

function modulesDisabled(host: Host): boolean {
  return readText(path.join(host.proc, 'sys/kernel/modules_disabled'))?.trim() === '1';
}

export function noModulesError(cause?: unknown): TrafficError {
  return new TrafficError('ERR_KERNEL_MISMATCH', 'This kernel has no loadable modules.', {
    hint: 'It needs a kernel built with CONFIG_MODULES: a usual distribution kernel, on hardware or in a virtual machine.',
    cause,
  });
}

/** The reason, known before any attempt, why this process cannot load or unload modules; null when there is none. */
export function obstacle(host: Host, action: 'load' | 'unload', cause?: unknown): TrafficError | null {
  if (!fs.existsSync(path.join(host.proc, 'modules'))) return noModulesError(cause);
  if (!isCapable(host, 'CAP_SYS_MODULE')) {
    return new TrafficError('ERR_PERMISSION', `No permission to ${action} kernel modules: it needs CAP_SYS_MODULE.`, {
      hint: host.euid === 0 ? 'In a container, do it on the host.' : 'Run it as root: sudo lkm-traffic …',
      cause,
    });
  }
  if (modulesDisabled(host)) {
    return new TrafficError(
      'ERR_LOCKDOWN',
      `This kernel was told to ${action} no more modules (kernel.modules_disabled=1).`,
      {
        hint: 'Only a reboot undoes it; look in /etc/sysctl.d for what sets it.',
        cause,
      },
    );
  }
  return null;
}

/** Why the kernel refused with EPERM. */
export function permissionError(host: Host, action: 'load' | 'unload', cause: unknown): TrafficError {
  const mode = lockdown(host);
  return (
    obstacle(host, action, cause) ??
    (mode === null
      ? new TrafficError(
          'ERR_PERMISSION',
          `The kernel does not permit to ${action} the module, though this process has CAP_SYS_MODULE.`,
          {
            hint: 'A security module or a seccomp filter is in the way; in a container, do it on the host.',
            cause,
          },
        )
      : new TrafficError('ERR_LOCKDOWN', `The kernel is locked down (${mode}): it loads signed modules only.`, {
          hint: 'Sign net_traffic.ko with a key that the kernel trusts (see mokutil), or turn Secure Boot off.',
          cause,
        }))
  );
}
