// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { TrafficError, messageOf, systemCode } from '../model/errors';
import type { Host } from '../system/host';
import { weakness } from '../system/trust';

/** The name of a work folder contains the PID of its builder, so that the folder of a killed builder can be removed. */
const WORK_FOLDER = /^\.build-(\d+)-/;

/** The folder of finished builds. It may not exist yet. */
export function cacheRoot(host: Host): string {
  if (host.euid === 0) return host.rootCache;
  const base = host.env['XDG_CACHE_HOME'];
  const absolute =
    base !== undefined && path.isAbsolute(base) ? base : path.join(host.env['HOME'] ?? os.homedir(), '.cache');
  return path.join(absolute, 'lkm-traffic');
}

/**
 * Makes the folder of finished builds if it does not exist. For root, checks that no other user can write to it.
 *
 * @throws {TrafficError} ERR_PERMISSION, ERR_BUILD
 */
export function openCache(host: Host): string {
  const root = cacheRoot(host);
  try {
    fs.mkdirSync(root, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw new TrafficError('ERR_PERMISSION', `Cannot make the folder ${root}: ${messageOf(error)}`, { cause: error });
  }
  checkFolder(host, root);
  if (/[\s:#$\\'"]/.test(root)) {
    throw new TrafficError(
      'ERR_BUILD',
      `The kernel's makefiles cannot work in ${root}: the path contains a space or a special character.`,
      { hint: 'To build in another folder: XDG_CACHE_HOME=FOLDER lkm-traffic build' },
    );
  }
  return root;
}

/** Root loads modules from this folder, so only root may be able to write to it. */
export function checkFolder(host: Host, folder: string): void {
  if (host.euid !== 0) return;
  const reason = weakness(host, folder);
  if (reason === null) return;
  throw new TrafficError('ERR_PERMISSION', `${folder} is not safe to load a kernel module from: ${reason}.`, {
    hint: `Each folder of this path must belong to root and be writable by root only: chown root:root FOLDER; chmod go-w FOLDER`,
  });
}

/** Makes a work folder beside the finished builds: on the same file system, so that a rename publishes the result. */
export function makeWorkFolder(root: string): string {
  return fs.mkdtempSync(path.join(root, `.build-${process.pid}-`));
}

/** Removes the work folders of builders that were killed. */
export function sweep(root: string): void {
  for (const name of fs.readdirSync(root)) {
    const pid = WORK_FOLDER.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      fs.rmSync(path.join(root, name), { recursive: true, force: true });
    } catch {
      // The compilers of a killed builder may still write to the folder. The next build tries again.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

/** Moves a finished folder to its place. If another builder was faster, its result stays: it is the same. */
export function publish(folder: string, target: string): void {
  try {
    fs.renameSync(folder, target);
  } catch (error) {
    if (!['EEXIST', 'ENOTEMPTY'].includes(systemCode(error) ?? '')) throw error;
  }
}
