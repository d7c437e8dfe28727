// SPDX-License-Identifier: MIT
//
// Loads TypeScript of src/ as it stands there: the docs need no build.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const require = createRequire(import.meta.url);

export const fromRoot = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const compilerOptions = {
  ...{ module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
};

require.extensions['.ts'] = (module, file) => {
  module._compile(ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions, fileName: file }).outputText, file);
};

export const load = (path) => require(fromRoot(path));
