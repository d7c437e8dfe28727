// SPDX-License-Identifier: MIT

/** The command line itself is wrong: said without a stack, exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
