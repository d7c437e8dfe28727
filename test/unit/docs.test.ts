// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
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
