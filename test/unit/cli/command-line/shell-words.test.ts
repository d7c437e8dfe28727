// SPDX-License-Identifier: MIT
import { execFileSync } from 'node:child_process';
import { shellWords, withCommand } from '../../../../src/cli/command-line/shell-words';

const ODD = [
  '',
  ' ',
  'a b',
  "it's",
  '"',
  '$HOME',
  '`id`',
  '\\',
  "\\'",
  '*',
  '~',
  '#',
  '!!',
  'a\nb',
  "\x1b[2J'\\",
  '日本',
  '-o=1',
];

test('bash reads quoted words as they were', () => {
  const output = execFileSync('bash', ['-c', `printf '%s\\0' ${shellWords(ODD)}`], { encoding: 'utf8' });
  expect(output.split('\0').slice(0, -1)).toEqual(ODD);
});

test('words that need no quotes have none', () => {
  const plain = ['run', '--', 'curl', '-s', 'http://localhost/x.git', '--fname=server.out', '1,2', 'FOO=1'];
  expect(shellWords(plain)).toBe(plain.join(' '));
});

test('a control character is never printed', () => {
  expect(shellWords(ODD)).not.toMatch(/\p{Cc}/u);
});

test('a command line stands below the sentence that introduces it', () => {
  expect(withCommand('To count it:', ['load', '--fname=a b'])).toBe("To count it:\n  lkm-traffic load '--fname=a b'");
});
