// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';

/**
 * The folder of this package: the nearest one above this file that has a package.json. How far above depends on whether
 * this file runs from src/ or is part of a bundle in dist/ or dist/cli/.
 */
export function packageRoot(): string {
  let folder = __dirname;
  while (!fs.existsSync(path.join(folder, 'package.json')) && path.dirname(folder) !== folder) {
    folder = path.dirname(folder);
  }
  return folder;
}

/** The version of the package in the folder `root`. */
export function packageVersion(root: string): string {
  return (JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }).version;
}
