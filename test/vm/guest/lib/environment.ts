// SPDX-License-Identifier: MIT
/** The variables that the suite sets for the guest, and what follows from the running kernel. */
import { release } from 'node:os';
import { join } from 'node:path';

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set: test/vm/suite sets it`);
  return value;
}

/** The guest's command runs there. */
export const repository = process.cwd();
/** The module that the suite built for this kernel. */
export const modulePath = given('KO');

/** The root of the release whose compiler this kernel's headers need; empty: this one's will do. */
export const buildRoot = process.env['BUILD_ROOT'] ?? '';

const [major = 0, minor = 0] = release().split('.').map(Number);

/** Whether the running kernel is that one or a later one. */
export function kernelIsAtLeast(wantedMajor: number, wantedMinor: number): boolean {
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** The engine that the suite forces; undefined: the module's own choice. */
const forced = process.env['ENGINE'] === '' ? undefined : process.env['ENGINE'];
export const forcedEngine = forced;
/** The engine that is to be in force: the tracepoints miss nothing since Linux 6.5. */
export const engine = forced ?? (kernelIsAtLeast(6, 5) ? 'tracepoint' : 'redirect');

/** A program of test/programs. */
export function program(name: string): string {
  return join(repository, 'build/programs', name);
}
