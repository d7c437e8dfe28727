// SPDX-License-Identifier: MIT
import path from 'node:path';

/** A watched name as the module compares it: `*` is any text (`/` too), `?` any character, `[…]` one of these. */
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

/** Whether an executed file is watched by `name`: its path if that holds a `/`, else its base name. */
export function matches(name: string, executed: string): boolean {
  const compared = name.includes('/') ? executed : path.basename(executed);
  return compared === name || patternOf(name).test(compared);
}
