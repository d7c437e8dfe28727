// SPDX-License-Identifier: MIT
import stringWidth from 'string-width';

const ELLIPSIS = '…';
const segmenter = new Intl.Segmenter();

/** The number of columns that a text takes on a terminal. Escape sequences for colours take none. */
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

/** The characters of a text as a reader counts them: a letter with its accents is one. */
export const charactersOf = (text: string): string[] => [...segmenter.segment(text)].map(({ segment }) => segment);

/** The text, cut off with an ellipsis if it is wider than `width` columns. The text must have no colours. */
export function clip(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return width < 1 ? '' : firstColumns(charactersOf(text), width - 1).join('') + ELLIPSIS;
}

/** Like {@link clip}, but cuts off the start of the text. */
export function clipStart(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return width < 1
    ? ''
    : ELLIPSIS +
        firstColumns(charactersOf(text).reverse(), width - 1)
          .reverse()
          .join('');
}

/** The text, cut off or padded to exactly `width` columns. */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const clipped = clip(text, width);
  const blank = ' '.repeat(Math.max(0, width - widthOf(clipped)));
  return align === 'right' ? blank + clipped : clipped + blank;
}

/** Lines of at most `width` columns, broken between words. A word that is wider than that has a line of its own. */
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
  return [...lines, line];
}

/** Like {@link wrap}, and no line is wider: words that are wider than `width` are cut off. */
export function wrapAndClip(text: string, width: number): string[] {
  return wrap(text, width).map((line) => clip(line, width));
}
