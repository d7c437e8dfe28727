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

const options = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20.19',
  // The file `yargs/yargs` has no extension.
  loader: { '': 'js' },
  plugins: [importsAreRequires],
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
