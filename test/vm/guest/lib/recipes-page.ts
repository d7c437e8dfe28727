// SPDX-License-Identifier: MIT
/** The fenced blocks of docs/recipes.md, by the comment before each. */

export interface Block {
  /** `recipe`: typed; `file`: a file that a recipe needs; `output`: lines that it printed; `same`: a recipe's command again. */
  readonly kind: string;
  readonly name: string;
  readonly text: string;
}

/** A fence without such a comment has the kind and name ''. */
export function blocksOf(page: string): Block[] {
  const fence = /^(?:<!-- (\w+): (\S+) -->\n)?```\w+\n(.*?)^```$/gms;
  return [...page.matchAll(fence)].map(([, kind = '', name = '', text = '']) => ({ kind, name, text }));
}

/** What a line says but for numbers, which differ from run to run, and the width of columns. */
const gist = (line: string): string =>
  line
    .replace(/\d[\d.,:TZ-]*/g, 'N')
    .replace(/\s+/g, ' ')
    .trim();

/** The first shown line that is not in the output, in the same order; `…` stands for any number of lines. */
export function missingLine(shown: string, output: string): string | undefined {
  const printed = output.split('\n').map(gist);
  let from = 0;
  for (const line of shown.trimEnd().split('\n')) {
    if (line === '…') continue;
    const at = printed.indexOf(gist(line), from);
    if (at < 0) return line;
    from = at + 1;
  }
  return undefined;
}
