// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { kernelHint } from '../system/distribution';
import type { Host } from '../system/host';
import { kernelConfig } from '../system/kernel-config';
import { failed, ok, unknown, type Finding } from './check';

const NEEDED = ['MODULES', 'DYNAMIC_FTRACE_WITH_ARGS', 'TRACEPOINTS'];

export function checkOptions(host: Host): Finding {
  // More certain than any file, of which there may be one for another kernel.
  if (!fs.existsSync(path.join(host.proc, 'modules'))) {
    return failed('This kernel has no loadable modules (CONFIG_MODULES).', kernelHint(host));
  }
  const config = kernelConfig(host, host.release);
  if (config === null) return unknown(`There is no configuration of ${host.release} to read.`);
  const missing = NEEDED.filter((name) => config.value(name) !== 'y').map((name) => `CONFIG_${name}`);
  return missing.length === 0
    ? ok(`${NEEDED.map((name) => `CONFIG_${name}`).join(', ')} are set (${config.file}).`)
    : failed(`The kernel was built without ${missing.join(', ')} (${config.file}).`, kernelHint(host));
}
