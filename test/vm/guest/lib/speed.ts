// SPDX-License-Identifier: MIT
/** How fast this guest is. The limits of the tests are for a guest on an idle machine; they are multiplied by this. */
import { spawnSync } from 'node:child_process';

/** Milliseconds that the same work takes in a guest on an idle machine. */
const REFERENCE = 300;

/** Starts a few programs, one after the other: the kernel, the loader and the page cache all have their share in that. */
function measure(): number {
  const start = performance.now();
  for (let n = 0; n < 10; n++) spawnSync('/bin/true');
  return performance.now() - start;
}

/** How many times slower than a guest on an idle machine this one is at the moment; never less than 1. */
export const slownessNow = (): number => Math.max(1, measure() / REFERENCE);

/** PATIENCE is what the caller knows already: that the kernel checks every access, for example. */
const known = Number(process.env['PATIENCE'] ?? 1);

/** The factor of all limits, measured once. The first round is not counted: it fills the page cache. */
export const slowness = (measure(), Math.max(known, slownessNow()));
