// SPDX-License-Identifier: MIT

/** The schema that every JSON document names. */
export const SCHEMA = 'lkm-traffic/1';

/**
 * JSON with bigints written from their digits: `JSON.stringify` refuses them, and its replacer can only give back a
 * Number, which is wrong above 2^53, or a string, which is not a number. Values are plain data; undefined is left out
 * of objects. `indent` is the number of spaces a level, 0 for one line.
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

/** `JSON.stringify` leaves DEL and the C1 controls as they are; a terminal may obey them. */
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
