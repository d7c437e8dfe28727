// SPDX-License-Identifier: MIT
//
// Collects the licences of the npm packages that went into a bundle. Their terms ask for it.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './bundle.mjs';

/** The folder of the package that a file belongs to. It may be nested in another package's node_modules. */
function packageOf(file) {
  return /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)[0];
}

function notice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
  const file = readdirSync(path.join(root, folder)).find((name) => /^licen[cs]e/i.test(name));
  if (file === undefined) throw new Error(`${folder} has no licence file: its terms cannot be shipped`);
  const text = readFileSync(path.join(root, folder, file), 'utf8').trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
}

/** The text of THIRD-PARTY-LICENSES. `files` are the bundled files of npm packages. */
export function licenses(files) {
  const notices = [...new Set(files.map(packageOf))].sort().map(notice);
  const head = 'The JavaScript files in this folder contain the following packages.\n';
  return [head, ...new Set(notices)].join(`\n${'-'.repeat(80)}\n\n`);
}
