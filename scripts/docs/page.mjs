// SPDX-License-Identifier: MIT
//
// A page with generated blocks, and the Markdown that the blocks are made of.

const BLOCK = /^<!-- generated: (.+?) -->\n(.*?)^<!-- end -->$/gms;

/**
 * The page with each of its blocks filled in, and the names of blocks that the page does not have. `blocks` has
 * the text of each block by name.
 */
export function fill(page, text, { blocks, optional }) {
  const used = new Set();
  const filled = text.replace(BLOCK, (_, name) => {
    const block = blocks.get(name);
    if (block === undefined) throw new Error(`${page}: nothing generates the block '${name}'`);
    used.add(name);
    return `<!-- generated: ${name} -->\n\n${block.trim()}\n\n<!-- end -->`;
  });
  return { text: filled, unused: [...blocks.keys()].filter((name) => !used.has(name) && !optional.has(name)) };
}

/** Code within a line. Of a table a bar would end the cell. */
export const code = (text) => `\`${text.replaceAll('|', '\\|')}\``;

/** Text as a table's cell. */
const cell = (text) => text.replace(/\s+/g, ' ').trim();

export function table(head, rows) {
  const line = (cells) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

export const fenced = (language, text) => `\`\`\`${language}\n${text.trim()}\n\`\`\``;

/** Upper case at the start, one full stop at the end. */
export function sentence(text) {
  const trimmed = text.trim();
  return trimmed === '' ? '' : `${trimmed[0].toUpperCase()}${trimmed.slice(1)}${/[.!?:]$/.test(trimmed) ? '' : '.'}`;
}

/**
 * The default that a description names, and the description without it: `…; default: 1`, `… (default: 1)`,
 * `…. Default 1.`
 */
export function splitDefault(text) {
  const named = /[;.,]?\s*(?:\(default:? ([^)]+)\)|\bdefault:? ((?:[^.]|\.(?=\w))+)\.?)/i.exec(text);
  if (named === null) return { meaning: text, byDefault: undefined };
  const rest = `${text.slice(0, named.index)}${/^\s/.test(text.slice(named.index + named[0].length)) ? '.' : ''}`;
  return {
    meaning: `${rest}${text.slice(named.index + named[0].length)}`,
    byDefault: (named[1] ?? named[2]).trim(),
  };
}
