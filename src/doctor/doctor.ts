// SPDX-License-Identifier: MIT
import { thisHost, type Host } from '../system/host';
import { checkCompiler, checkHeaders, checkMake } from './build-tools';
import { unknown, type Finding } from './check';
import { checkCache } from './check-cache';
import { checkOptions } from './check-options';
import { checkRealtime, checkRelease } from './kernel';
import { checkAddon, checkLoadedModule } from './package';
import { checkArchitecture, checkLinux } from './platform';
import { checkCapabilities } from './privileges';
import { checkSignatures } from './signatures';
import { checkFtrace, checkModulesDisabled } from './switches';

/** Everything that counting needs, in the order in which it is best mended. */
const CHECKS = {
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
} satisfies Record<string, (host: Host) => Finding | Promise<Finding>>;

export type CheckName = keyof typeof CHECKS;

/** One requirement, and whether it holds. */
export interface Check extends Finding {
  readonly name: CheckName;
}

export interface Diagnosis {
  /** True: no requirement fails. */
  readonly healthy: boolean;
  /** Release of the running kernel. */
  readonly kernel: string;
  readonly checks: readonly Check[];
}

/** Whether each requirement holds here, and what mends it. Changes nothing, and never rejects for what it finds. */
export async function doctor(host: Host = thisHost): Promise<Diagnosis> {
  const checks: Check[] = [];
  for (const name of Object.keys(CHECKS) as CheckName[]) {
    const isElsewhere = name !== 'linux' && host.platform !== 'linux';
    const finding = isElsewhere ? unknown('This is not Linux.') : await CHECKS[name](host);
    checks.push({ name, ...finding });
  }
  return { healthy: checks.every(({ state }) => state !== 'failed'), kernel: host.release, checks };
}
