// SPDX-License-Identifier: MIT
/** @type {import('jest').Config} */
module.exports = {
  rootDir: __dirname,
  // What is under test/vm runs in a guest; what is in test/unit/built needs the addon and has a configuration of its own.
  roots: ['<rootDir>/test/unit'],
  testMatch: ['<rootDir>/test/unit/**/*.test.ts'],
  testPathIgnorePatterns: ['<rootDir>/test/unit/built/'],
  testEnvironment: 'node',
  // By default one processor is left idle, which on two doubles the time.
  maxWorkers: '100%',
  // Limits only what hangs. The tests measure no time, and a loaded machine may take ten times as long.
  testTimeout: 120_000,
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.json' }] },
};
