// SPDX-License-Identifier: MIT
/** Programs under a name that a test chooses. */
import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atEnd } from './cleanup';
import { program } from './environment';

/** A folder that is gone after the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'lkm-traffic-'));
  atEnd(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

/** A program of test/programs under another name, in a folder of its own; the path. */
export function named(name: string, what = 'exec/steps.out'): string {
  const path = join(folder(), name);
  symlinkSync(program(what), path);
  return path;
}

/** The same as a file of its own, where the name after links are followed matters. */
export function copied(name: string, what = 'exec/steps.out'): string {
  const path = join(folder(), name);
  copyFileSync(program(what), path);
  return path;
}

/** A script under that name. */
export function script(name: string, text: string): string {
  const path = join(folder(), name);
  writeFileSync(path, text, { mode: 0o755 });
  return path;
}
