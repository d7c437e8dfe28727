// SPDX-License-Identifier: MIT
import { execFileSync } from 'node:child_process';
import { COMMANDS } from '../../../../src/cli/commands';
import { fishScript } from '../../../../src/cli/completion/fish';
import { cli } from '../../support/cli';

const script = async (shell: string): Promise<string> => (await cli(['completion', shell])).out;

test('the script for bash completes what the program answers', async () => {
  const text = await script('bash');
  execFileSync('bash', ['-n'], { input: text });
  expect(text).toMatch(/SHELL=bash lkm-traffic --get-yargs-completions/);
  const completed = execFileSync(
    'bash',
    [
      '-c',
      // In place of the program: the words of its answer.
      `lkm-traffic() { printf '%s\\n' load doctor; }
       eval "$0"
       COMP_WORDS=(lkm-traffic do) COMP_CWORD=1
       "$(complete -p lkm-traffic | sed 's/.* -F \\([^ ]*\\) .*/\\1/')"
       echo "\${COMPREPLY[@]}"`,
      text,
    ],
    { encoding: 'utf8' },
  );
  expect(completed).toBe('doctor\n');
});

test('the script for zsh asks for descriptions, whatever the login shell is', async () => {
  expect(await script('zsh')).toMatch(/^#compdef lkm-traffic\n[^]*SHELL=zsh lkm-traffic --get-yargs-completions/);
});

test('leaves the variable SHELL unchanged', async () => {
  const before = process.env['SHELL'];
  await script('zsh');
  expect(process.env['SHELL']).toBe(before);
});

test.each([
  [['do'], /^doctor$/m],
  [['load', '--e'], /^--engine(:|$)/m],
  [['load', '--engine', ''], /^redirect$/m],
  [['completion', ''], /^fish$/m],
])('completes %j', async (words, answer) => {
  const { status, out, err } = await cli(['--get-yargs-completions', 'lkm-traffic', ...words]);
  expect([status, err]).toEqual([0, '']);
  expect(out).toMatch(answer);
});

test('the script for fish has every command and every option', async () => {
  const text = await script('fish');
  for (const { name, options } of COMMANDS) {
    expect(text).toContain(` -n __fish_use_subcommand -a ${name} -d `);
    for (const option of Object.keys(options)) {
      expect(text).toMatch(new RegExp(`-n '__fish_seen_subcommand_from ${name}' (-s \\w )?-l ${option} `));
    }
  }
  expect(text).toMatch(/-l format -x -a 'table json ndjson csv prom' /);
  expect(text).toMatch(/-l no-follow /);
});

test('the script for fish quotes text', () => {
  const odd = { name: 'odd', describe: "it's a \\", options: {}, run: () => Promise.resolve(0) };
  expect(fishScript([odd])).toContain("-a odd -d 'it\\'s a \\\\'");
});
