// SPDX-License-Identifier: MIT
import { clip, wrapAndClip } from '../format/fit';
import { whatIsCounted } from '../format/words';
import { stack, type Size, type View } from './frame';
import { shown, type State } from './model';

const KEYS = [
  ['↑ ↓ k j', 'select a process; also PgUp, PgDn, Home, End, g, G'],
  ['Enter', 'show the flows of the selected process, with their peers'],
  ['Esc', 'go back to the processes; clear the filter'],
  ['s > <', 'sort by rate, total, received, sent, pid, name; children included'],
  ['i', 'reverse the order'],
  ['/', 'list only processes with this text in name, path or PID'],
  ['e', 'list ended processes too; without e only while they have a rate'],
  ['Space', 'pause the screen; counting continues'],
  ['q Ctrl-C', 'quit'],
] as const;

const WORDS = [
  'A rate is the traffic since the reading before, divided by the time between. The history is received and sent together.',
  'A number with >= is a lower bound. The line below the list gives the reason.',
];

/** The help: keys, and the meaning of the numbers. */
export function helpPage(state: State, size: Size, { style }: View): string[] {
  const { bold, dim } = style.colors;
  const width = size.columns;
  const { families } = shown(state).reading.snapshot;
  const keys = KEYS.map(([key, does]) => `${bold(clip(key.padEnd(9), width))}${clip(does, width - 9)}`);
  const words = [...WORDS, whatIsCounted(families)].flatMap((text) => ['', ...wrapAndClip(text, width)]);
  return stack(
    [bold(clip('lkm-traffic watch', width)), ''],
    [...keys, ...words],
    [dim(clip(' any key: back', width))],
    size,
  );
}
