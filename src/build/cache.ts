// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { TrafficError, messageOf, systemCode } from '../model/errors';
import type { Host } from '../system/host';
import { weakness } from '../system/trust';

/** Work folders carry the PID of their builder, so that one that was killed can be told and swept. */
const WORK_FOLDER = /^\.build-(\d+)-/;

/** Where finished builds are kept. */
export function cacheRoot(host: Host): string {
  if (host.euid === 0) return host.rootCache;
  const base = host.env['XDG_CACHE_HOME'];
  const absolute =
    base !== undefined && path.isAbsolute(base) ? base : path.join(host.env['HOME'] ?? os.homedir(), '.cache');
  return path.join(absolute, 'lkm-traffic');
}

/** The folder of finished builds, made if need be, and for root proven to be its own. */
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
      `The kernel's makefiles cannot work in ${root}: it holds a space or a special character.`,
      {
        hint: 'Set XDG_CACHE_HOME to another folder.',
      },
    );
  }
  return root;
}

/** Root loads what is in here; so only root may be able to put it there. */
export function checkFolder(host: Host, folder: string): void {
  if (host.euid !== 0) return;
  const reason = weakness(host, folder);
  if (reason === null) return;
  throw new TrafficError('ERR_PERMISSION', `${folder} is not safe to load a kernel module from: ${reason}.`, {
    hint: `Every folder of that path must belong to root and be writable by nobody else (chown root:root, chmod go-w).`,
  });
}

/** A new folder beside the finished builds, on the same filesystem, so that a rename can finish it. */
export function makeWorkFolder(root: string): string {
  return fs.mkdtempSync(path.join(root, `.build-${process.pid}-`));
}

/** Removes what builders left that were killed. */
export function sweep(root: string): void {
  for (const name of fs.readdirSync(root)) {
    const pid = WORK_FOLDER.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      fs.rmSync(path.join(root, name), { recursive: true, force: true });
    } catch {
      // Compilers of a killed builder may still write there; the next build tries again.
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

/** Moves a finished folder to its place; when another builder was first, its result is as good. */
export function publish(folder: string, target: string): void {
  try {
    fs.renameSync(folder, target);
  } catch (error) {
    if (!['EEXIST', 'ENOTEMPTY'].includes(systemCode(error) ?? '')) throw error;
  }
}
