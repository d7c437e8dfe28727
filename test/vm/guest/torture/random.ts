// SPDX-License-Identifier: MIT
/** The campaign's choices follow from its seed; when they come to pass does not. */
let state = 0;

export function seedRandom(seed: number): void {
  state = seed >>> 0;
}

/** A number from 0 up to but not including the limit. */
export function below(limit: number): number {
  state = (state + 0x9e3779b9) >>> 0;
  let z = state;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return ((z ^ (z >>> 16)) >>> 0) % limit;
}

export function oneOf<T>(choices: readonly T[]): T {
  const choice = choices[below(choices.length)];
  if (choice === undefined) throw new Error('nothing to choose from');
  return choice;
}
