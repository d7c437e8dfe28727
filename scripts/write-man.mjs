// SPDX-License-Identifier: MIT
//
// Writes man/lkm-traffic.1 from the table of commands in dist/. It is made when the package is packed, and not kept in
// git: so it cannot be older than the table.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { COMMANDS } = require('../dist/cli/commands.js');
const { manual } = require('../dist/cli/man.js');
const { version } = require('../package.json');

const folder = new URL('../man/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('lkm-traffic.1', folder), manual(COMMANDS, version));
