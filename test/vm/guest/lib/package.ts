// SPDX-License-Identifier: MIT
/** The package as a user has it: the packed tarball, installed without running a script of it, in a fresh folder. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { basename, join } from 'node:path';
import { atEnd } from './cleanup';
import { runCommandLine } from './command-lines';
import { forcedEngine } from './environment';
import { isLoaded, unload } from './module';
import { Program, execute, outputOf, type Result } from './program';

const installed = process.env['PACKED'] ?? '';
const built = process.env['CACHE'] ?? '';
const folder = '/tmp/package';
/** Whatever a test loads with the package is gone at its end. */
let unloading = false;

/** The folder, and the module that the package built for this kernel in its cache: compiling takes minutes here. */
export async function packageFolder(): Promise<string> {
  if (!existsSync(folder)) {
    mkdirSync(folder);
    // One file instead of a thousand: each costs a round trip or two to the host.
    await outputOf('tar', ['-xf', installed, '-C', folder]);
    cpSync(built, join('/var/cache/lkm-traffic', basename(built)), { recursive: true });
    assert.equal(basename(built).startsWith(release()), true);
  }
  if (!unloading) {
    unloading = true;
    atEnd(async () => {
      unloading = false;
      if (isLoaded()) await unload();
    });
  }
  return folder;
}

/** A file of the user's in that folder; its path. */
export async function userFile(name: string, text: string): Promise<string> {
  const path = join(await packageFolder(), name);
  writeFileSync(path, text);
  return path;
}

/** Where root may load a module from. */
export function trusted(ko: string): string {
  const path = '/var/cache/lkm-traffic/local/net_traffic.ko';
  mkdirSync('/var/cache/lkm-traffic/local', { recursive: true, mode: 0o755 });
  cpSync(ko, path);
  return path;
}

export const engineOption = forcedEngine === undefined ? [] : ['--engine', forcedEngine];
/** The same for the API, as the text of an object's members. */
export const engineMember = forcedEngine === undefined ? '' : `engine: '${forcedEngine}',`;

/** Runs a command line of the installed package, in a process that has run others: for tests of what a command does. */
export async function lkmTraffic(...args: string[]): Promise<Result> {
  return runCommandLine(await packageFolder(), args);
}

/** Runs the command as a shell does, in a process of its own: for tests of how a process begins, ends or meets others. */
export async function spawnLkmTraffic(...args: string[]): Promise<Result> {
  return execute(join(await packageFolder(), 'node_modules/.bin/lkm-traffic'), args, { cwd: folder });
}

/** Its standard output, when it succeeded. */
export async function outputOfLkmTraffic(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await lkmTraffic(...args);
  assert.equal(status, 0, stderr);
  return stdout;
}

export const load = (...args: string[]): Promise<string> => outputOfLkmTraffic('load', ...engineOption, ...args);

/** A script of the user's, run in that folder. */
export async function run(name: string, text: string): Promise<Program> {
  const path = await userFile(name, text);
  return new Program(process.execPath, [path], { cwd: folder });
}

/** A message for people: no stack of the program, and nothing on standard output. */
export function assertMessage({ stdout, stderr }: Result, pattern: RegExp): void {
  assert.match(stderr, pattern);
  assert.doesNotMatch(stderr, /^\s+at .*[:(]|node:internal|\.js:\d/m);
  assert.equal(stdout, '');
}
