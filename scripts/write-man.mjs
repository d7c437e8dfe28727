// SPDX-License-Identifier: MIT
//
// Writes man/lkm-traffic.1 from the table of commands. The page is generated when the package is packed, and git does not
// keep it, so that it always matches the table.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadSource } from './lib/bundle.mjs';

const { COMMANDS, manual } = await loadSource('src/cli/commands', 'src/cli/man');
const { version } = createRequire(import.meta.url)('../package.json');

const folder = new URL('../man/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('lkm-traffic.1', folder), manual(COMMANDS, version));
