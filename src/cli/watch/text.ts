// SPDX-License-Identifier: MIT
import stringWidth from 'string-width';

const ELLIPSIS = '…';
const segmenter = new Intl.Segmenter();

/** Columns that a text takes on a terminal. It has no escape sequences in it. */
export function widthOf(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text);
}

function firstColumns(characters: Iterable<string>, width: number): string[] {
  const taken: string[] = [];
  let used = 0;
  for (const character of characters) {
    used += widthOf(character);
    if (used > width) break;
    taken.push(character);
  }
  return taken;
}

/** Characters as a reader counts them. */
export const charactersOf = (text: string): string[] => [...segmenter.segment(text)].map(({ segment }) => segment);

/** At most `width` columns: the beginning of a text that has more, and an ellipsis. */
export function clip(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return width < 1 ? '' : firstColumns(charactersOf(text), width - 1).join('') + ELLIPSIS;
}

/** The same, with the end of the text kept. */
export function clipStart(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return width < 1
    ? ''
    : ELLIPSIS +
        firstColumns(charactersOf(text).reverse(), width - 1)
          .reverse()
          .join('');
}

/** Exactly `width` columns. */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const clipped = clip(text, width);
  const blank = ' '.repeat(Math.max(0, width - widthOf(clipped)));
  return align === 'right' ? blank + clipped : clipped + blank;
}

/** Lines of at most `width` columns, broken between words. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line].map((each) => clip(each, width));
}
