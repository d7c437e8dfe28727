#!/usr/bin/env node
// SPDX-License-Identifier: MIT
const { existsSync } = require('node:fs');
const { join } = require('node:path');

// This file is not in dist/, since a checkout has no dist/ before `make`: npm links commands when it installs, and skips
// a file that does not exist.
const program = join(__dirname, '../dist/cli/main.js');
if (existsSync(program)) {
  require(program).main();
} else {
  console.error('lkm-traffic: not built yet: make');
  process.exitCode = 1;
}
