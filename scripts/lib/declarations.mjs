// SPDX-License-Identifier: MIT
//
// Emits the declarations of the API: those that index.d.ts reaches, and no other.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import ts from 'typescript';
import { root } from './bundle.mjs';

/** The declaration files, relative to the folder, that `file` reaches by imports; `file` is the first. */
function reachable(folder, file) {
  const found = new Set([file]);
  for (const from of found) {
    const { importedFiles } = ts.preProcessFile(readFileSync(path.join(folder, from), 'utf8'));
    for (const { fileName } of importedFiles.filter(({ fileName }) => fileName.startsWith('.'))) {
      const target = path.join(path.dirname(from), fileName);
      const files = [`${target}.d.ts`, path.join(target, 'index.d.ts')];
      const to = files.find((name) => existsSync(path.join(folder, name)));
      if (to === undefined) throw new Error(`${from} imports ${fileName}, which has no declaration file`);
      found.add(to);
    }
  }
  return [...found];
}

export function emitDeclarations(outdir) {
  const all = mkdtempSync(path.join(os.tmpdir(), 'lkm-traffic-types-'));
  try {
    const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
    const args = ['-p', path.join(root, 'tsconfig.build.json'), '--emitDeclarationOnly', '--outDir', all];
    const { status } = spawnSync(process.execPath, [tsc, ...args], { stdio: 'inherit' });
    if (status !== 0) throw new Error(`tsc ended with status ${status}`);
    for (const file of reachable(all, 'index.d.ts')) cpSync(path.join(all, file), path.join(outdir, file));
  } finally {
    rmSync(all, { recursive: true });
  }
}
