// SPDX-License-Identifier: MIT
import { constants } from 'node:os';

const SIGNALS = Object.entries(constants.signals);
const NUMBERS = new Map<string, number>(SIGNALS);
/** Of two names of one signal the first, which is what Node calls it: SIGABRT, not SIGIOT. */
const NAMES = new Map<number, string>(SIGNALS.reverse().map(([name, number]) => [number, name]));

/** `SIGKILL`; of a signal for which Node has no name, as realtime ones, its number: `SIG34`. */
export function signalName(number: number): string {
  return NAMES.get(number) ?? `SIG${number}`;
}

export function signalNumber(name: string): number {
  return NUMBERS.get(name) ?? Number(name.slice('SIG'.length));
}
