// SPDX-License-Identifier: MIT
import { whatIsCounted } from '../format/words';
import { stack, type Size, type View } from './frame';
import { shown, type State } from './model';
import { clip, wrap } from './text';

const KEYS = [
  ['↑ ↓ k j', 'select a process; PgUp, PgDn, Home, End, g, G too'],
  ['Enter', 'the flows of the selected process: with whom it moves what'],
  ['Esc', 'back to the processes; takes the filter away'],
  ['s > <', 'sort by rate, total, received, sent, pid, name; each with all below it'],
  ['i', 'the other way round'],
  ['/', 'list only what has this in its name, path or PID'],
  ['e', 'list ended processes too, not only while they have a rate'],
  ['Space', 'pause; the counting goes on'],
  ['q Ctrl-C', 'quit'],
] as const;

const WORDS = [
  'Rates are what was moved since the reading before, by the time that went by; the history is of both ways together.',
  'A number with >= is a lower bound; the last line of the list says why.',
];

/** What the keys do, and what the numbers are. */
export function helpPage(state: State, size: Size, { style }: View): string[] {
  const { bold, dim } = style.colors;
  const width = size.columns;
  const { families } = shown(state).reading.snapshot;
  const keys = KEYS.map(([key, does]) => `${bold(clip(key.padEnd(9), width))}${clip(does, width - 9)}`);
  const words = [...WORDS, whatIsCounted(families)].flatMap((text) => ['', ...wrap(text, width)]);
  return stack(
    [bold(clip('lkm-traffic watch', width)), ''],
    [...keys, ...words],
    [dim(clip(' any key: back', width))],
    size,
  );
}
