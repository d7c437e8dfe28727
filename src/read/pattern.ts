// SPDX-License-Identifier: MIT
import path from 'node:path';

/**
 * A watched name as a regular expression that matches as the module does: `*` is any text including `/`, `?` is any
 * character, and `[…]` is one of the listed characters.
 */
export function patternOf(name: string): RegExp {
  const source = name.replace(/\[!?[^\]]+\]|[\\^$.*+?()[\]{}|]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    if (part.length === 1) return `\\${part}`;
    const members = part.slice(1, -1).replace(/[\\^[]/g, '\\$&');
    return members.startsWith('!') ? `[^${members.slice(1)}]` : `[${members}]`;
  });
  return new RegExp(`^${source}$`, 's');
}

/** Whether `name` selects an executed file. A name with a `/` is compared with the path, another with the base name. */
export function matches(name: string, executed: string): boolean {
  const compared = name.includes('/') ? executed : path.basename(executed);
  return compared === name || patternOf(name).test(compared);
}
