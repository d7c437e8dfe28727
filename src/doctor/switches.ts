// SPDX-License-Identifier: MIT
import path from 'node:path';
import type { Host } from '../system/host';
import { readText } from '../util/read-text';
import { failed, ok, unknown, type Finding } from './check';

function sysctl(host: Host, name: string): string | null {
  return readText(path.join(host.proc, 'sys/kernel', name))?.trim() ?? null;
}

export function checkModulesDisabled(host: Host): Finding {
  const value = sysctl(host, 'modules_disabled');
  if (value === null) return unknown('kernel.modules_disabled cannot be read.');
  return value === '0'
    ? ok('kernel.modules_disabled is 0.')
    : failed(
        `kernel.modules_disabled is ${value}: the kernel loads and unloads no more modules.`,
        'grep -r modules_disabled /etc/sysctl.conf /etc/sysctl.d /usr/lib/sysctl.d finds what sets it; then reboot.',
      );
}

export function checkFtrace(host: Host): Finding {
  const value = sysctl(host, 'ftrace_enabled');
  if (value === null) return unknown('kernel.ftrace_enabled cannot be read.');
  return value === '0'
    ? failed('kernel.ftrace_enabled is 0: no function can be redirected.', 'sysctl kernel.ftrace_enabled=1')
    : ok(`kernel.ftrace_enabled is ${value}.`);
}
