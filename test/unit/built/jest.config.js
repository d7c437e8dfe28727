// SPDX-License-Identifier: MIT
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const all = require('../../../jest.config.js');

if (!existsSync(join(__dirname, '../../../build/Release/lkm_traffic.node'))) {
  console.error('test/unit/built needs the addon: npm run build:addon');
  process.exit(1);
}

/** The tests of what is compiled: the addon, and the package as Node loads it. */
module.exports = {
  ...all,
  roots: ['<rootDir>/test/unit/built'],
  testPathIgnorePatterns: [],
};
