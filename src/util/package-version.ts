// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';

/** The version of the package in the folder `root`. */
export function packageVersion(root: string): string {
  return (JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }).version;
}
