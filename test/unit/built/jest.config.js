// SPDX-License-Identifier: MIT
const all = require('../../../jest.config.js');

/** The tests of what is compiled: the addon, and the package as Node loads it. `npm run build:addon` comes first. */
module.exports = {
  ...all,
  roots: ['<rootDir>/test/unit/built'],
  testPathIgnorePatterns: [],
};
