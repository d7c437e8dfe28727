// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Host } from '../system/host';

/** The path of a program as the build would find it; null if no executable file has this name. */
export function findTool(host: Host, name: string): string | null {
  const candidates = host.toolPath.split(path.delimiter).map((folder) => path.join(folder, name));
  return candidates.find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The major version of a gcc; null if it does not report one. */
export function gccVersion(host: Host, file: string): number | null {
  const { stdout } = spawnSync(file, ['-dumpversion'], {
    encoding: 'utf8',
    env: { PATH: host.toolPath, LC_ALL: 'C' },
    timeout: 10_000,
  });
  const major = /^\d+/.exec(stdout)?.[0];
  return major === undefined ? null : Number(major);
}
