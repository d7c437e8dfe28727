// SPDX-License-Identifier: MIT
/** Loading and unloading by hand, as a user without Node does: insmod and rmmod. */
import { existsSync } from 'node:fs';
import { atEnd } from './cleanup';
import { forcedEngine, modulePath } from './environment';
import { execute, type Result } from './program';
import { until } from './wait';

export type Parameters = Record<string, string | number>;

export const isLoaded = (): boolean => existsSync('/sys/module/net_traffic');

/** insmod, whatever comes of it. A value with a space is quoted as the kernel wants it. */
export async function insmod(parameters: Parameters, ko = modulePath): Promise<Result> {
  const all: Parameters = forcedEngine === undefined ? parameters : { engine: forcedEngine, ...parameters };
  const words = Object.entries(all).map(([key, value]) =>
    /\s/.test(String(value)) ? `${key}="${value}"` : `${key}=${value}`,
  );
  return execute('insmod', [ko, ...words]);
}

/** Loads the module for one test, and takes it out again at its end. */
export async function load(parameters: Parameters, ko = modulePath): Promise<void> {
  const result = await insmod(parameters, ko);
  if (result.status !== 0) throw new Error(`insmod: ${result.stderr}`);
  atEnd(async () => {
    if (isLoaded()) await unload();
  });
}

export const rmmod = (): Promise<Result> => execute('rmmod', ['net_traffic']);

/** Unloads the module as soon as nothing holds it: what a killed process or a tracer held is released a little later. */
export async function unload(): Promise<void> {
  const result = await until('nothing holds the module', async () => {
    const attempt = await rmmod();
    return !/in use|temporarily unavailable/.test(attempt.stderr) && attempt;
  });
  if (result.status !== 0) throw new Error(`rmmod: ${result.stderr}`);
}
