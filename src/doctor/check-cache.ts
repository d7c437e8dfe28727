// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { cacheRoot } from '../build/cache';
import type { Host } from '../system/host';
import { findWeakness } from '../system/trust';
import { failed, ok, type Finding } from './check';

/** Whether root may load what the cache holds, and can put it there. Nothing is made. */
export function checkCache(host: Host): Finding {
  const root = cacheRoot(host);
  const existing = deepestExisting(root);
  const found = host.euid === 0 ? findWeakness(host, existing) : null;
  if (found !== null) return failed(`${root} is not safe to load a module from: ${found.reason}.`, found.remedy);
  try {
    fs.accessSync(existing, fs.constants.W_OK);
  } catch {
    return failed(`Nothing can be written to ${existing}.`, 'Mount it for writing: the module is kept there.');
  }
  return ok(
    host.euid === 0
      ? `${root} is writable by root alone.`
      : `${root} is this user's cache; root loads only from ${host.rootCache}.`,
  );
}

function deepestExisting(folder: string): string {
  return fs.existsSync(folder) || path.dirname(folder) === folder ? folder : deepestExisting(path.dirname(folder));
}
