// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';

const FOLDER = path.join(__dirname, '../../fixtures/proc');

export function fixture(name: string): string {
  return fs.readFileSync(path.join(FOLDER, name), 'utf8');
}
