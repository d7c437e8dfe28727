#!/usr/bin/env node
// SPDX-License-Identifier: MIT
const { existsSync } = require('node:fs');
const { join } = require('node:path');

// Not in dist/, which a checkout has only after make: npm links a command when it installs, and passes over a file that
// is not there.
const program = join(__dirname, '../dist/cli/main.js');
if (existsSync(program)) {
  require(program).main();
} else {
  console.error('lkm-traffic: not built yet: make');
  process.exitCode = 1;
}
