// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { doctorOn } from '../../src/doctor/doctor';
import { thisHost } from '../../src/system/host';
import { families } from '../vm/guest/cases/families';
import { inet } from '../vm/guest/cases/inet';
import { blocksOf, missingLine, type Block } from '../vm/guest/lib/recipes-page';

const ROOT = path.join(__dirname, '../..');
const read = (file: string): string => fs.readFileSync(path.join(ROOT, file), 'utf8');

const accounting = read('docs/accounting.md');

test.each([...inet, ...families])('docs/accounting.md has the case $case, its rule and its test', (entry) => {
  const cells = [entry.case, entry.rule, `\`${entry.program}.c\`, ${entry.scenario}`, entry.witness];
  expect(accounting).toContain(`| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')}`);
});

test('docs/accounting.md has only cases that are tested', () => {
  const rows = accounting.match(/^\| .* \| .* \| `\w+\.c`, .*$/gm) ?? [];
  expect(rows).toHaveLength(inet.length + families.length);
});

/** The code words in the first column of the tables of a page. */
function firstColumn(page: string): string[] {
  const text = read(`docs/${page}`);
  return [...text.matchAll(/^\| (?!code|requirement|---)([^|]+) \| [^|]+ \| [^|]+ \|$/gm)].flatMap(([, cell = '']) =>
    cell.replaceAll('`', '').split(', '),
  );
}

test('docs/troubleshooting.md has each check of doctor and each error code once, and no other', async () => {
  const source = read('src/model/errors.ts');
  const codes = [...source.matchAll(/^ {2}\| '(ERR_\w+)'/gm)].map(([, code]) => code);
  const { checks } = await doctorOn({ ...thisHost, platform: 'darwin' });
  expect(codes.length).toBeGreaterThan(10);
  expect(firstColumn('troubleshooting.md')).toEqual([...checks.map(({ name }) => name), ...codes]);
});

test('docs/proc.md has each parameter of the module, and no other', () => {
  const parameters = [...read('kmod/params.c').matchAll(/^module_param\w*\((\w+)/gm)].map(([, name]) => name);
  const documented = [...read('docs/proc.md').matchAll(/^\| `(\w+)=` \|/gm)].map(([, name]) => name);
  expect(parameters.length).toBeGreaterThan(5);
  expect(documented.sort()).toEqual(parameters.sort());
});

const blocks = blocksOf(read('docs/recipes.md'));
const ofKind = (...kinds: string[]): Block[] => blocks.filter(({ kind }) => kinds.includes(kind));
const names = (found: readonly Block[]): string[] => found.map(({ name }) => name);

test('docs/recipes.md has each tested recipe once, and no other', () => {
  const tested = ['recipes.test.ts', 'real/recipes.test.ts'].flatMap((file) => {
    const source = read(`test/vm/guest/${file}`);
    return [...source.matchAll(/^recipe\(\s*'([\w-]+)'/gm)].map(([, name]) => name);
  });
  expect(tested.length).toBeGreaterThan(5);
  expect(names(ofKind('recipe')).sort()).toEqual(tested.sort());
});

test('docs/recipes.md has only blocks that belong to a recipe', () => {
  const recipes = names(ofKind('recipe'));
  expect(names(ofKind('output', 'same')).filter((name) => !recipes.includes(name))).toEqual([]);
  for (const { name } of ofKind('file')) {
    expect(ofKind('recipe').filter(({ text }) => text.includes(name))).not.toEqual([]);
  }
  for (const { name, text } of ofKind('same')) {
    expect(ofKind('recipe').find((recipe) => recipe.name === name)?.text).toBe(text.replace(/^- run: /, ''));
  }
  expect(ofKind('recipe', 'file', 'output', 'same')).toEqual(blocks);
  expect(read('docs/recipes.md').match(/^ *```\w/gm)).toHaveLength(blocks.length);
});

test.each([
  ['a\n…\nsent 12 bytes\n', 'b\n a\nc\nsent 2345   bytes\n', undefined],
  ['sent 12 bytes\n', 'received 12 bytes\n', 'sent 12 bytes'],
  ['a\nb\n', 'b\na\n', 'b'],
])('shown lines %j of the output %j: missing is %j', (shown, output, missing) => {
  expect(missingLine(shown, output)).toBe(missing);
});

test('the examples of README.md and docs/usage.md are strict TypeScript', () => {
  const folder = path.join(ROOT, 'build/unit-docs');
  fs.mkdirSync(folder, { recursive: true });
  const files = ['README.md', 'docs/usage.md'].map((page) => {
    const examples = [...read(page).matchAll(/^```js\n(.*?)^```$/gms)].map(([, example]) => example);
    expect(examples).not.toEqual([]);
    const file = path.join(folder, `${path.basename(page, '.md')}.mts`);
    fs.writeFileSync(file, examples.join(''));
    return file;
  });
  const program = ts.createProgram(files, {
    ...{ strict: true, noEmit: true, skipLibCheck: true, esModuleInterop: true, types: ['node'] },
    ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.Node16 },
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    paths: { 'lkm-traffic': [path.join(ROOT, 'src/index.ts')] },
  });
  expect(ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText)).toEqual([]);
}, 60_000);
