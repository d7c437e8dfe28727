// SPDX-License-Identifier: MIT
import { constants } from 'node:os';

const SIGNALS = Object.entries(constants.signals);
const NUMBERS = new Map<string, number>(SIGNALS);
/** If a signal has two names, the first one, which Node uses too: SIGABRT, not SIGIOT. */
const NAMES = new Map<number, string>(SIGNALS.reverse().map(([name, number]) => [number, name]));

/** `SIGKILL`. A signal without a name in Node, such as a real-time signal, is shown by number: `SIG34`. */
export function signalName(number: number): string {
  return NAMES.get(number) ?? `SIG${number}`;
}

export function signalNumber(name: string): number {
  return NUMBERS.get(name) ?? Number(name.slice('SIG'.length));
}
