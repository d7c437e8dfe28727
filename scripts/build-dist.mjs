// SPDX-License-Identifier: MIT
//
// Builds what users of the package run: one file for the API, one for the command, the declarations, and the licences
// of the npm packages in the two files.
//   node scripts/build-dist.mjs [FOLDER]     default: dist
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundle, root } from './lib/bundle.mjs';
import { emitDeclarations } from './lib/declarations.mjs';
import { licenses } from './lib/licenses.mjs';

const dist = path.join(root, 'dist');
const [, , outdir = dist] = process.argv;
// What an earlier build left there would be packed too. A folder that the caller names is not ours to empty.
if (outdir === dist) rmSync(dist, { recursive: true, force: true });
const packaged = await bundle(['index.ts', 'cli/main.ts'], outdir);
emitDeclarations(outdir);
writeFileSync(path.join(outdir, 'THIRD-PARTY-LICENSES'), licenses(packaged));
