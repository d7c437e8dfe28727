// SPDX-License-Identifier: MIT
import path from 'node:path';
import { kernelHint } from '../system/distribution';
import type { Host } from '../system/host';
import { kernelConfig } from '../system/kernel-config';
import { readText } from '../util/read-text';
import { failed, ok, unknown, type Finding } from './check';

const OLDEST = [6, 1] as const;

export function checkRelease(host: Host): Finding {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(host.release) ?? [];
  if (major === undefined || minor === undefined) return unknown(`The kernel calls itself ${host.release}.`);
  const isOld = Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1]);
  return isOld
    ? failed(`Linux ${host.release} is older than ${OLDEST.join('.')}.`, kernelHint(host))
    : ok(`Linux ${host.release} is ${OLDEST.join('.')} or later.`);
}

/** The kernel says so in its version, `#1 SMP PREEMPT_RT …`. */
export function checkRealtime(host: Host): Finding {
  const version = readText(path.join(host.proc, 'version'));
  const config = kernelConfig(host, host.release);
  if (version === null && config === null) return unknown('Whether the kernel is PREEMPT_RT cannot be read.');
  const isRealtime = /\bPREEMPT[_ ]RT\b/.test(version ?? '') || config?.value('PREEMPT_RT') === 'y';
  return isRealtime
    ? failed('The kernel is PREEMPT_RT, in which the probes could not allocate.', kernelHint(host))
    : ok('The kernel is not PREEMPT_RT.');
}
