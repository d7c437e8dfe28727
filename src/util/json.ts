// SPDX-License-Identifier: MIT

/** Name of the schema that each JSON document contains. */
export const SCHEMA = 'lkm-traffic/1';

/**
 * Writes plain data as JSON, with each bigint as a number with all its digits. `JSON.stringify` throws for a bigint.
 * Properties that are undefined are left out.
 *
 * @param indent number of spaces for each level; 0 writes one line
 * @throws {TypeError} for a function, a symbol, NaN and infinite numbers
 */
export function toJson(value: unknown, indent = 0): string {
  return write(value, indent, 0);
}

function write(value: unknown, indent: number, depth: number): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} cannot be written as JSON`);
  if (typeof value === 'object' && value !== null) {
    return Array.isArray(value)
      ? enclose(
          '[',
          ']',
          value.map((item: unknown) => write(item, indent, depth + 1)),
          indent,
          depth,
        )
      : enclose('{', '}', members(value, indent, depth), indent, depth);
  }
  if (typeof value === 'string') return quote(value);
  if (value === null || typeof value === 'number' || typeof value === 'boolean') {
    return JSON.stringify(value);
  }
  throw new TypeError(`a ${typeof value} cannot be written as JSON`);
}

/** Escapes DEL and the C1 controls too. `JSON.stringify` does not, and a terminal may interpret them. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/[\x7f-\x9f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}

function members(value: object, indent: number, depth: number): string[] {
  return Object.entries<unknown>(value as Record<string, unknown>)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => `${quote(key)}:${indent > 0 ? ' ' : ''}${write(member, indent, depth + 1)}`);
}

function enclose(open: string, close: string, items: readonly string[], indent: number, depth: number): string {
  if (items.length === 0) return open + close;
  if (indent === 0) return open + items.join(',') + close;
  const margin = `\n${' '.repeat(indent * depth)}`;
  const inner = margin + ' '.repeat(indent);
  return `${open}${inner}${items.join(`,${inner}`)}${margin}${close}`;
}
