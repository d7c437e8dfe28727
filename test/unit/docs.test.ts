// SPDX-License-Identifier: MIT
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { doctorOn } from '../../src/doctor/doctor';
import { IN_WORDS } from '../../src/model/reasons';
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
  expect(firstColumn('troubleshooting.md')).toEqual([...codes, ...checks.map(({ name }) => name)]);
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

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...fs.readdirSync(path.join(ROOT, 'docs')).map((page) => `docs/${page}`),
];

/** A page without what is code: there a bracket is no link and a # no heading. */
const prose = (page: string): string =>
  read(page)
    .replace(/^```.*?^```$/gms, '')
    .replace(/^ {4}.*$/gm, '');

/** The anchors of a page, as GitHub makes them of its headings. */
function anchorsOf(page: string): string[] {
  const seen = new Map<string, number>();
  return [...prose(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => {
    const anchor = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

/** What links of a page lead to: paths from the root, with their anchors. */
function linksOf(page: string): string[] {
  const targets = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => (target.startsWith('#') ? page + target : path.join(path.dirname(page), target)));
}

/** Why a link leads nowhere; null if it does not. */
function brokenBecause(link: string): string | null {
  const [file = '', anchor] = link.split('#');
  if (!fs.existsSync(path.join(ROOT, file))) return `there is no ${file}`;
  if (anchor === undefined || anchorsOf(file).includes(anchor)) return null;
  return `${file} has no heading #${anchor}`;
}

test.each(pages)('every link of %s leads to a file and a heading that exist', (page) => {
  expect(linksOf(page).map(brokenBecause).filter(Boolean)).toEqual([]);
});

test('a link to a missing file or heading is found', () => {
  expect(brokenBecause('docs/nothing.md')).toBe('there is no docs/nothing.md');
  expect(brokenBecause('README.md#nothing')).toBe('README.md has no heading #nothing');
  expect(brokenBecause('README.md#install')).toBeNull();
  expect(linksOf('README.md').length).toBeGreaterThan(10);
});

test('every page of docs/ is linked from README.md', () => {
  const linked = linksOf('README.md').map((link) => link.split('#')[0]);
  expect(pages.filter((page) => page !== 'README.md' && !linked.includes(page))).toEqual([]);
});

test('README.md has fewer than 100 lines, and an example for Node.js within the first 40', () => {
  const lines = read('README.md').split('\n');
  expect(lines.length).toBeLessThan(100);
  expect(lines.slice(0, 40)).toContain('```js');
});

function writeDocs(...args: string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, ['scripts/write-docs.mjs', ...args], { cwd: ROOT, encoding: 'utf8' });
}

test('docs/cli.md and docs/api.md have what the commands and the declarations say', () => {
  const { status, stderr } = writeDocs('--check');
  expect(stderr).toBe('');
  expect(status).toBe(0);
}, 60_000);

/** What an expression of scripts/docs/page.mjs, an ES module, comes to. */
function ofPage(expression: string): unknown {
  const script = `import { fill, splitDefault } from './scripts/docs/page.mjs'; console.log(JSON.stringify(${expression}));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return JSON.parse(stdout);
}

test('a generated block is written between its marks, and one that no page has is named', () => {
  const page = 'before\n<!-- generated: a -->\nold\n<!-- end -->\nafter\n';
  const blocks = "{ blocks: new Map([['a', 'new'], ['b', 'more'], ['c', 'other']]), optional: new Set(['c']) }";
  const filled = ofPage(`fill('page', ${JSON.stringify(page)}, ${blocks})`);
  expect(filled).toEqual({
    text: 'before\n<!-- generated: a -->\n\nnew\n\n<!-- end -->\nafter\n',
    unused: ['b'],
  });
});

test.each([
  ['order of processes (default: start)', 'order of processes', 'start'],
  ['release of the kernel; default: the running one', 'release of the kernel', 'the running one'],
  ['Milliseconds. Default 1000. Events come later.', 'Milliseconds. Events come later.', '1000'],
  ['How. Default: tracepoints (6.5 and later).', 'How', 'tracepoints (6.5 and later)'],
  ['path of a file', 'path of a file', undefined],
])('of the description %j the meaning is %j and the default %j', (text, meaning, byDefault) => {
  expect(ofPage(`splitDefault(${JSON.stringify(text)})`)).toEqual({ meaning, byDefault });
});

test('docs/cli.md has every reason for a lower bound once, and no other', () => {
  const [, section = ''] = read('docs/cli.md').split(/^## Lower bounds$/m);
  const [table = ''] = section.split(/^## /m);
  const documented = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, reason]) => reason);
  expect(documented.sort()).toEqual(Object.keys(IN_WORDS).sort());
});

test('docs/how-it-works.md has every source of the module, in its room', () => {
  const page = read('docs/how-it-works.md');
  const files = fs.readdirSync(path.join(ROOT, 'kmod'), { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => /\.[ch]$/.test(file) && !file.endsWith('.mod.c'));
  const units = new Set(sources.map((file) => file.replace(/\.[ch]$/, '')));
  const documented = [...page.matchAll(/^\| `([\w/]+)\.[ch]` \|/gm)].map(([, unit]) => unit);
  expect(documented.sort()).toEqual([...units].sort());
});

test('docs/how-it-works.md has every room of src/', () => {
  const page = read('docs/how-it-works.md');
  const rooms = fs.readdirSync(path.join(ROOT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const described = [...page.matchAll(/^\| `(\w+)\/` \|/gm)].map(([, room]) => room);
  expect(described.sort()).toEqual(rooms.map(({ name }) => name).sort());
});

test('the examples of README.md and docs/api.md are strict TypeScript', () => {
  const folder = path.join(ROOT, 'build/unit-docs');
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const files = ['README.md', 'docs/api.md'].flatMap((page) => {
    const examples = [...read(page).matchAll(/^```js\n(.*?)^```$/gms)].map(([, example = '']) => example);
    expect(examples).not.toEqual([]);
    return examples.map((example, index) => {
      const file = path.join(folder, `${path.basename(page, '.md')}-${index}.mts`);
      fs.writeFileSync(file, example);
      return file;
    });
  });
  const program = ts.createProgram(files, {
    ...{ strict: true, noEmit: true, skipLibCheck: true, esModuleInterop: true, types: ['node'] },
    ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.Node16 },
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    paths: { 'lkm-traffic': [path.join(ROOT, 'src/index.ts')] },
  });
  const wrong = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => [file?.fileName, messageText]);
  expect(wrong).toEqual([]);
}, 60_000);

test('docs/api.md has an example for every function', () => {
  const functions = [...read('docs/api.md').matchAll(/^<!-- generated: function (\w+) -->$/gm)].map(([, name]) => name);
  const imported = [...read('docs/api.md').matchAll(/^import \{ (.+) \} from 'lkm-traffic';$/gm)];
  const used = new Set(imported.flatMap(([, list = '']) => list.split(', ')));
  expect(functions.length).toBeGreaterThan(10);
  expect(functions.filter((name) => !used.has(name ?? ''))).toEqual([]);
});
