// SPDX-License-Identifier: MIT
//
// Bundles the sources with esbuild, together with the npm packages that they import.
import { build } from 'esbuild';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * Resolves an `import` in our sources as tsc compiles it: to a `require`. For yargs this matters, since its ES module
 * looks for its own files by `import.meta.url`, which a CommonJS bundle does not have.
 */
const importsAreRequires = {
  name: 'imports-are-requires',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^.]/ }, ({ path, kind, resolveDir, pluginData }) => {
      if (kind !== 'import-statement' || pluginData === importsAreRequires) return undefined;
      return resolve(path, { kind: 'require-call', resolveDir, pluginData: importsAreRequires });
    });
  },
};

/** Modules of Node that few commands use: the first call of one of their functions loads them. 1 to 3 ms each. */
const LOADED_BY_CALL = ['node:child_process', 'node:crypto', 'node:readline', 'node:zlib'];

/** Names that are functions, and not classes. */
const isCalled = (name, value) => typeof value === 'function' && /^[a-z]/.test(name);

/** An ES module with what Node's module of that name exports. esbuild leaves out each name that no file imports. */
function reexport(name) {
  const exported = Object.entries(createRequire(import.meta.url)(name));
  if (LOADED_BY_CALL.includes(name)) {
    return exported
      .filter((entry) => isCalled(...entry))
      .map(([key]) => `export const ${key} = (...args) => require('${name}').${key}(...args);`);
  }
  return [
    `const builtin = require('${name}');`,
    'export default builtin;',
    ...exported.map(([key]) => `export const ${key} = /* @__PURE__ */ (() => builtin.${key})();`),
  ];
}

/**
 * Gives all our files one module for each of Node's. Otherwise esbuild's helper copies, for each file that imports
 * `node:fs`, every property of it: a sixth of the time that the command needs to start.
 */
const oneModuleForEachBuiltin = {
  name: 'one-module-for-each-builtin',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'builtin' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({ contents: reexport(path).join('\n') }));
  },
};

const options = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20.19',
  // The file `yargs/yargs` has no extension.
  loader: { '': 'js' },
  plugins: [oneModuleForEachBuiltin, importsAreRequires],
  // The licences are in a file of their own.
  legalComments: 'none',
  logLevel: 'warning',
};

/**
 * Writes one file for each entry, named relative to src/, to the folder `outdir`.
 * Returns the files of npm packages that went into them, relative to the repository.
 */
export async function bundle(entries, outdir) {
  const { metafile } = await build({
    ...options,
    entryPoints: entries.map((entry) => path.join(root, 'src', entry)),
    outbase: path.join(root, 'src'),
    outdir,
    metafile: true,
  });
  return Object.keys(metafile.inputs).filter((file) => file.startsWith('node_modules/'));
}

/** Loads TypeScript modules of this repository, named relative to it, and returns the exports of all of them. */
export async function loadSource(...files) {
  const contents = files.map((file) => `export * from './${file}';`).join('\n');
  const { outputFiles } = await build({
    ...options,
    stdin: { contents, resolveDir: root, loader: 'ts' },
    outfile: path.join(root, 'build/source.cjs'),
    write: false,
  });
  const [{ path: name, text, hash }] = outputFiles;
  // Two that load the same sources at once write the same bytes.
  const file = name.replace('.cjs', `-${hash.replaceAll(/\W/g, '')}.cjs`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return createRequire(import.meta.url)(file);
}
