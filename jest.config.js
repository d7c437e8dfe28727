// SPDX-License-Identifier: MIT
/** @type {import('jest').Config} */
module.exports = {
  // Only the unit tests: what is under test/vm runs in a guest.
  roots: ['<rootDir>/test/unit'],
  testMatch: ['<rootDir>/test/unit/**/*.test.ts'],
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.json' }] },
};
