// SPDX-License-Identifier: MIT
import { CHECK_NAMES, type Check, type CheckName, type Diagnosis } from '../model/api-results';
import type { Host } from '../system/host';
import { checkCompiler, checkHeaders, checkMake } from './build-checks';
import { unknown, type Finding } from './finding';
import {
  checkArchitecture,
  checkCache,
  checkCapabilities,
  checkFtrace,
  checkLinux,
  checkModulesDisabled,
  checkOptions,
  checkRealtime,
  checkRelease,
  checkSignatures,
} from './machine-checks';
import { checkAddon, checkLoadedModule } from './package-checks';

const CHECKS: Readonly<Record<CheckName, (host: Host) => Finding | Promise<Finding>>> = {
  linux: checkLinux,
  architecture: checkArchitecture,
  kernel: checkRelease,
  realtime: checkRealtime,
  options: checkOptions,
  headers: checkHeaders,
  make: checkMake,
  compiler: checkCompiler,
  capabilities: checkCapabilities,
  modules_disabled: checkModulesDisabled,
  signatures: checkSignatures,
  ftrace: checkFtrace,
  addon: checkAddon,
  cache: checkCache,
  module: checkLoadedModule,
};

/** The internal form of `doctor()`. */
export async function doctorOn(host: Host): Promise<Diagnosis> {
  const checks: Check[] = [];
  for (const name of CHECK_NAMES) {
    const isElsewhere = name !== 'linux' && host.platform !== 'linux';
    const finding = isElsewhere ? unknown('This check needs Linux.') : await CHECKS[name](host);
    checks.push({ name, ...finding });
  }
  return { healthy: checks.every(({ state }) => state !== 'failed'), kernel: host.release, checks };
}
