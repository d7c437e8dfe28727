// SPDX-License-Identifier: MIT
import fs from 'node:fs';

/** The whole of a file; null when it cannot be read, for whatever reason. */
export function readText(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
