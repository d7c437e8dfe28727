// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import type { Host } from './host';

/** The inode number of the initial PID namespace: PROC_PID_INIT_INO in the kernel's linux/proc_ns.h. */
const INITIAL = 'pid:[4026531836]';

/**
 * Whether this process is in the initial PID namespace. The module reports PIDs of that namespace. True if it cannot be
 * determined.
 */
export function hasInitialPids(host: Host): boolean {
  try {
    return fs.readlinkSync(path.join(host.proc, 'self/ns/pid')) === INITIAL;
  } catch {
    return true;
  }
}
