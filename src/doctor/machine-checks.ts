// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { cacheRoot } from '../build/cache';
import { loadedInstance } from '../read/files';
import { kernelHint } from '../system/distribution';
import { requireLinux, type Host } from '../system/host';
import { kernelConfig } from '../system/kernel-config';
import { isCapable, lockdown, type Capability } from '../system/privilege';
import { findWeakness } from '../system/trust';
import { readText } from '../util/read-text';
import { attempt, failed, ok, unknown, warning, type Finding } from './finding';

const OLDEST = [6, 1] as const;
const OPTIONS = ['MODULES', 'DYNAMIC_FTRACE_WITH_ARGS', 'TRACEPOINTS'];
const CAPABILITIES: readonly Capability[] = ['CAP_SYS_MODULE', 'CAP_NET_ADMIN'];
const SECURE_BOOT = 'firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c';
const SIGN =
  'Sign net_traffic.ko with a key that the kernel trusts (mokutil --import enrols one) and load it with --ko,';

export function checkLinux(host: Host): Finding {
  return attempt(() => {
    requireLinux(host);
    return 'This machine runs Linux.';
  });
}

export function checkArchitecture({ arch }: Host): Finding {
  return arch === 'x64'
    ? ok('The CPU is x86-64.')
    : failed(`The CPU is ${arch}. The module supports x86-64 only.`, 'Use an x86-64 machine and Node.js for x86-64.');
}

export function checkRelease(host: Host): Finding {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(host.release) ?? [];
  if (major === undefined || minor === undefined) return unknown(`The kernel release ${host.release} has no number.`);
  const isOld = Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1]);
  return isOld
    ? failed(`Linux ${host.release} is older than ${OLDEST.join('.')}.`, kernelHint(host))
    : ok(`Linux ${host.release} is ${OLDEST.join('.')} or later.`);
}

/** A real-time kernel shows this in its version: `#1 SMP PREEMPT_RT …`. */
export function checkRealtime(host: Host): Finding {
  const version = readText(path.join(host.proc, 'version'));
  const config = kernelConfig(host, host.release);
  if (version === null && config === null) return unknown('Cannot read whether the kernel is PREEMPT_RT.');
  const isRealtime = /\bPREEMPT[_ ]RT\b/.test(version ?? '') || config?.value('PREEMPT_RT') === 'y';
  return isRealtime
    ? failed(
        'The kernel is PREEMPT_RT. The module cannot allocate memory in the probes of such a kernel.',
        kernelHint(host),
      )
    : ok('The kernel is not PREEMPT_RT.');
}

export function checkOptions(host: Host): Finding {
  // This is more reliable than a configuration file, which may belong to another kernel.
  if (!fs.existsSync(path.join(host.proc, 'modules'))) {
    return failed('This kernel does not support loadable modules (CONFIG_MODULES).', kernelHint(host));
  }
  const config = kernelConfig(host, host.release);
  if (config === null) return unknown(`Cannot find the configuration of kernel ${host.release}.`);
  const missing = OPTIONS.filter((name) => config.value(name) !== 'y').map((name) => `CONFIG_${name}`);
  return missing.length === 0
    ? ok(`${OPTIONS.map((name) => `CONFIG_${name}`).join(', ')} are set (${config.file}).`)
    : failed(`The kernel was built without ${missing.join(', ')} (${config.file}).`, kernelHint(host));
}

/** The initial user namespace maps each user to itself. Capabilities in another namespace cannot load modules. */
function isInUserNamespace(host: Host): boolean {
  const map = readText(path.join(host.proc, 'self/uid_map'));
  return map !== null && !/^\s*0\s+0\s+4294967295\s*$/.test(map);
}

export function checkCapabilities(host: Host): Finding {
  const missing = CAPABILITIES.filter((capability) => !isCapable(host, capability));
  if (missing.length > 0) {
    return failed(
      `This process does not have ${missing.join(' and ')}.`,
      host.euid === 0 ? 'Inside a container, run it on the host instead.' : 'sudo lkm-traffic …',
    );
  }
  return isInUserNamespace(host)
    ? failed('The capabilities of this process are limited to a user namespace.', 'Run it on the host, as root.')
    : ok(`This process has ${CAPABILITIES.join(' and ')}.`);
}

function sysctl(host: Host, name: string): string | null {
  return readText(path.join(host.proc, 'sys/kernel', name))?.trim() ?? null;
}

export function checkModulesDisabled(host: Host): Finding {
  const value = sysctl(host, 'modules_disabled');
  if (value === null) return unknown('Cannot read kernel.modules_disabled.');
  return value === '0'
    ? ok('kernel.modules_disabled is 0.')
    : failed(
        `kernel.modules_disabled is ${value}. The kernel no longer loads or unloads modules.`,
        'Find and remove the setting, then reboot: grep -r modules_disabled /etc/sysctl.conf /etc/sysctl.d /usr/lib/sysctl.d',
      );
}

export function checkFtrace(host: Host): Finding {
  const value = sysctl(host, 'ftrace_enabled');
  if (value === null) return unknown('Cannot read kernel.ftrace_enabled.');
  return value === '0'
    ? failed('kernel.ftrace_enabled is 0. The module cannot redirect functions.', 'sysctl kernel.ftrace_enabled=1')
    : ok(`kernel.ftrace_enabled is ${value}.`);
}

/** The EFI variable consists of four bytes of attributes and one of value. Null without EFI, or if it is not readable. */
function secureBoot(host: Host): boolean | null {
  try {
    return fs.readFileSync(path.join(host.sys, SECURE_BOOT)).at(4) === 1;
  } catch {
    return null;
  }
}

/** Whether the kernel loads a module without a signature. */
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
    const message = `${obstacle.what}, so that only signed modules can be loaded`;
    return loadedInstance(host) === null
      ? failed(`${message}. A module that is built here is not signed.`, obstacle.remedy)
      : warning(`${message}. net_traffic is loaded already.`);
  }
  if (readText(path.join(host.sys, 'kernel/security/lsm')) === null && secureBoot(host) !== false) {
    return unknown('Cannot read whether the kernel is locked down: securityfs is not mounted.');
  }
  return ok(
    secureBoot(host) === true
      ? 'Secure Boot is on, but the kernel loads modules without a signature.'
      : 'The kernel loads modules without a signature: there is no lockdown and no module.sig_enforce.',
  );
}

/** Whether this user can write to the cache, and whether root can load a module from it. Makes no folder. */
export function checkCache(host: Host): Finding {
  const root = cacheRoot(host);
  const existing = deepestExisting(root);
  const found = host.euid === 0 ? findWeakness(host, existing) : null;
  if (found !== null) return failed(`${root} is not safe to load a module from: ${found.reason}.`, found.remedy);
  try {
    fs.accessSync(existing, fs.constants.W_OK);
  } catch {
    return failed(
      `Cannot write to ${existing}.`,
      `The built module is kept there. Make it writable, or remount it: mount -o remount,rw ${existing}`,
    );
  }
  return ok(
    host.euid === 0
      ? `Only root can write to ${root}.`
      : `${root} is the cache of this user. Root loads modules from ${host.rootCache} only.`,
  );
}

function deepestExisting(folder: string): string {
  return fs.existsSync(folder) || path.dirname(folder) === folder ? folder : deepestExisting(path.dirname(folder));
}
