// SPDX-License-Identifier: MIT
import { constants } from 'node:os';

const NAMES = new Map<number, string>(Object.entries(constants.signals).map(([name, number]) => [number, name]));
const NUMBERS = new Map<string, number>(Object.entries(constants.signals));

/** `SIGKILL`; of a signal for which Node has no name, as realtime ones, its number: `SIG34`. */
export function signalName(number: number): string {
  return NAMES.get(number) ?? `SIG${number}`;
}

export function signalNumber(name: string): number {
  return NUMBERS.get(name) ?? Number(name.slice('SIG'.length));
}
