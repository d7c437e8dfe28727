// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** Whether kbuild needs the file. Files that an earlier build left in the folder are not source. */
function isSource(name: string): boolean {
  return /^(Makefile|Kbuild)$/.test(name) || (/\.[ch]$/.test(name) && !name.endsWith('.mod.c'));
}

/** The source files of the module, relative to its folder, sorted. */
export function sourceFiles(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => isSource(path.basename(name)) && fs.statSync(path.join(folder, name)).isFile())
    .sort();
}

/**
 * A hash of everything that a build depends on: the source, and the configuration and symbols of the kernel. A kernel
 * that was rebuilt under the same release may have other structures.
 */
export function buildHash(source: string, headers: string): string {
  const hash = createHash('sha256');
  const add = (name: string, file: string): void => {
    hash.update(`${name}\0`);
    if (fs.existsSync(file)) hash.update(fs.readFileSync(file));
  };
  for (const name of sourceFiles(source)) add(name, path.join(source, name));
  for (const name of ['Module.symvers', 'include/generated/autoconf.h']) add(name, path.join(headers, name));
  return hash.digest('hex').slice(0, 16);
}

export function copySource(from: string, to: string): void {
  for (const name of sourceFiles(from)) {
    fs.mkdirSync(path.dirname(path.join(to, name)), { recursive: true });
    fs.copyFileSync(path.join(from, name), path.join(to, name));
  }
}
