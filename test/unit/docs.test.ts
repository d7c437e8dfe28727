// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { doctor } from '../../src/doctor/doctor';
import { thisHost } from '../../src/host';
import { families } from '../vm/guest/cases/families';
import { inet } from '../vm/guest/cases/inet';
import { blocksOf, missingLine, type Block } from '../vm/guest/lib/recipes-page';

const accounting = fs.readFileSync(path.join(__dirname, '../../docs/accounting.md'), 'utf8');

test.each([...inet, ...families])('docs/accounting.md has the case $case, its rule and its test', (entry) => {
  const cells = [entry.case, entry.rule, `\`${entry.program}.c\`, ${entry.scenario}`, entry.witness];
  expect(accounting).toContain(`| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')}`);
});

test('docs/accounting.md has no case that is not tested', () => {
  const rows = accounting.match(/^\| .* \| .* \| `\w+\.c`, .*$/gm) ?? [];
  expect(rows).toHaveLength(inet.length + families.length);
});

/** The words of code in the first column of the tables of a page. */
function firstColumn(page: string): string[] {
  const text = fs.readFileSync(path.join(__dirname, '../../docs', page), 'utf8');
  return [...text.matchAll(/^\| (?!code|requirement|---)([^|]+) \| [^|]+ \| [^|]+ \|$/gm)].flatMap(([, cell = '']) =>
    cell.replaceAll('`', '').split(', '),
  );
}

test('docs/troubleshooting.md has every requirement of doctor and every error code once, and no other', async () => {
  const source = fs.readFileSync(path.join(__dirname, '../../src/errors.ts'), 'utf8');
  const codes = [...source.matchAll(/^ {2}\| '(ERR_\w+)'/gm)].map(([, code]) => code);
  const { checks } = await doctor({ ...thisHost, platform: 'darwin' });
  expect(codes.length).toBeGreaterThan(10);
  expect(firstColumn('troubleshooting.md')).toEqual([...checks.map(({ name }) => name), ...codes]);
});

const blocks = blocksOf(fs.readFileSync(path.join(__dirname, '../../docs/recipes.md'), 'utf8'));
const ofKind = (...kinds: string[]): Block[] => blocks.filter(({ kind }) => kinds.includes(kind));
const names = (found: readonly Block[]): string[] => found.map(({ name }) => name);

test('docs/recipes.md has every recipe that is tested once, and no other', () => {
  const tested = ['recipes.test.ts', 'real/recipes.test.ts'].flatMap((file) => {
    const source = fs.readFileSync(path.join(__dirname, '../vm/guest', file), 'utf8');
    return [...source.matchAll(/^recipe\(\s*'([\w-]+)'/gm)].map(([, name]) => name);
  });
  expect(tested.length).toBeGreaterThan(5);
  expect(names(ofKind('recipe')).sort()).toEqual(tested.sort());
});

test('docs/recipes.md has no block that is not a recipe, or of one', () => {
  const recipes = names(ofKind('recipe'));
  expect(names(ofKind('output', 'same')).filter((name) => !recipes.includes(name))).toEqual([]);
  for (const { name } of ofKind('file')) {
    expect(ofKind('recipe').filter(({ text }) => text.includes(name))).not.toEqual([]);
  }
  for (const { name, text } of ofKind('same')) {
    expect(ofKind('recipe').find((recipe) => recipe.name === name)?.text).toBe(text.replace(/^- run: /, ''));
  }
  expect(ofKind('recipe', 'file', 'output', 'same')).toEqual(blocks);
  expect(fs.readFileSync(path.join(__dirname, '../../docs/recipes.md'), 'utf8').match(/^ *```\w/gm)).toHaveLength(
    blocks.length,
  );
});

test.each([
  ['a\n…\nsent 12 bytes\n', 'b\n a\nc\nsent 2345   bytes\n', undefined],
  ['sent 12 bytes\n', 'received 12 bytes\n', 'sent 12 bytes'],
  ['a\nb\n', 'b\na\n', 'b'],
])('shown lines %j of the output %j: missing is %j', (shown, output, missing) => {
  expect(missingLine(shown, output)).toBe(missing);
});
