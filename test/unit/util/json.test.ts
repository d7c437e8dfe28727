// SPDX-License-Identifier: MIT
import { toJson } from '../../../src/util/json';

test('writes a bigint as a number with all its digits', () => {
  expect(toJson({ bytes: 18446744073709551615n })).toBe('{"bytes":18446744073709551615}');
});

test.each([0, 2])('writes the same as JSON.stringify with %d spaces', (indent) => {
  const value = { a: [1, 'x"\n\u2028', null, true, [], {}], b: { c: undefined, d: -0.5 }, 'k"y': [[1], [{ e: 2 }]] };
  expect(toJson(value, indent)).toBe(JSON.stringify(value, null, indent));
});

test('escapes all control characters', () => {
  const text = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).join('');
  const written = toJson(text);
  expect(written).not.toMatch(/\p{Cc}/u);
  expect(JSON.parse(written)).toBe(text);
});

test('rejects values that JSON cannot represent', () => {
  expect(() => toJson({ a: Number.NaN })).toThrow(TypeError);
  expect(() => toJson([undefined])).toThrow(TypeError);
  expect(() => toJson(() => 1)).toThrow(TypeError);
});
