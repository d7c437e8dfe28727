// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import type { Host } from './host';

/** PROC_PID_INIT_INO of the kernel's linux/proc_ns.h: the inode of the initial namespace. */
const INITIAL = 'pid:[4026531836]';

/**
 * Whether PIDs of this process's namespace are those of the initial one, which the module's are. Where that cannot be
 * read, they are.
 */
export function hasInitialPids(host: Host): boolean {
  try {
    return fs.readlinkSync(path.join(host.proc, 'self/ns/pid')) === INITIAL;
  } catch {
    return true;
  }
}
