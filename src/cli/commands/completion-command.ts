// SPDX-License-Identifier: MIT
import type { Command } from '../command-line/command';
import { UsageError } from '../command-line/mistake';
import { fishScript } from '../completion/fish';
import { yargsScript } from '../completion/yargs';
import type { Report } from '../format/report';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

function completionReport(shell: Shell, script: string): Report {
  return {
    type: 'completion',
    data: { shell, script },
    csv: { columns: ['shell', 'script'], rows: [[shell, script]] },
    metrics: [
      {
        name: 'lkm_traffic_completion_info',
        type: 'gauge',
        help: 'The shell that the completion script is for.',
        samples: [{ labels: { shell }, value: 1n }],
      },
    ],
    table: () => script,
  };
}

/** The command that prints the completion of the other commands and of itself. */
export function completionOf(others: readonly Command[]): Command {
  const completion: Command = {
    name: 'completion',
    positionals: {
      shell: { usage: '<shell>', options: { type: 'string', choices: SHELLS, describe: 'bash, zsh or fish' } },
    },
    describe: 'Print the completion script for a shell',
    examples: [
      ['$0 completion bash > /etc/bash_completion.d/lkm-traffic', 'completion in bash, for all users'],
      ['$0 completion fish > ~/.config/fish/completions/lkm-traffic.fish', 'completion in fish, for one user'],
    ],
    options: {},
    async run(args, { print }) {
      const shell = SHELLS.find((name) => name === args['shell']);
      if (shell === undefined) throw new UsageError(`completion needs the name of a shell: ${SHELLS.join(', ')}.`);
      const script = shell === 'fish' ? fishScript([...others, completion]) : await yargsScript(shell);
      print(completionReport(shell, script));
      return 0;
    },
  };
  return completion;
}
