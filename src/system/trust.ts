// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { TrafficError } from '../model/errors';
import type { Host } from './host';

const OTHERS_MAY_WRITE = 0o022;

/** `/`, `/var`, `/var/cache` … up to the path itself. */
function components(absolute: string): string[] {
  const names = absolute.split(path.sep).filter((name) => name !== '');
  return [path.sep, ...names.map((_, index) => path.sep + names.slice(0, index + 1).join(path.sep))];
}

export interface Weakness {
  readonly reason: string;
  /** The command that fixes it. */
  readonly remedy: string;
}

/**
 * The first part of a path that a user other than root and the caller could replace, and why; null if there is none. A
 * user who can replace a part of the path decides which code the kernel runs.
 */
export function findWeakness(host: Pick<Host, 'lstat' | 'euid'>, absolute: string): Weakness | null {
  for (const component of components(absolute)) {
    const stats = host.lstat(component);
    if (stats.isSymbolicLink()) {
      return { reason: `${component} is a symbolic link`, remedy: `rm ${component} && mkdir ${component}` };
    }
    if (stats.uid !== 0 && stats.uid !== host.euid) {
      return { reason: `${component} belongs to user ${stats.uid}`, remedy: `chown root:root ${component}` };
    }
    if ((stats.mode & OTHERS_MAY_WRITE) !== 0) {
      return { reason: `other users can write to ${component}`, remedy: `chmod go-w ${component}` };
    }
  }
  return null;
}

/** The reason of `findWeakness` as text. */
export function weakness(host: Pick<Host, 'lstat' | 'euid'>, absolute: string): string | null {
  return findWeakness(host, absolute)?.reason ?? null;
}

/**
 * Resolves the path of a module and checks that it is safe to load.
 *
 * @throws {TrafficError} ERR_PERMISSION, ERR_INVALID_ARGUMENT
 */
export function trustedModule(host: Host, ko: string): string {
  let real: string;
  try {
    real = fs.realpathSync(ko);
  } catch (error) {
    throw new TrafficError('ERR_INVALID_ARGUMENT', `${ko} does not exist.`, {
      hint: 'To build the module for this kernel and print its path: lkm-traffic build',
      cause: error,
    });
  }
  const reason = weakness(host, real);
  if (reason === null) return real;
  throw new TrafficError('ERR_PERMISSION', `${ko} is not safe to load into the kernel: ${reason}.`, {
    hint: `To copy it to a folder that only root can write to: install -D -m 0644 ${ko} /var/cache/lkm-traffic/local/net_traffic.ko`,
  });
}
