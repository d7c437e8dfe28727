// SPDX-License-Identifier: MIT
import fs from 'node:fs';

/** The content of a file; null if the file cannot be read for any reason. */
export function readText(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
