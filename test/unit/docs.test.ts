// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { doctor } from '../../src/doctor/doctor';
import { thisHost } from '../../src/host';
import { families } from '../vm/guest/cases/families';
import { inet } from '../vm/guest/cases/inet';

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
