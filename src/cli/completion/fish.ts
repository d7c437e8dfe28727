// SPDX-License-Identifier: MIT
import type { Command } from '../command-line/command';
import { COMMON_OPTIONS, describeOptions, type DescribedOption } from '../command-line/options';

function fishQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

function optionLine(condition: string, { name, short, describe, takesValue, choices }: DescribedOption): string {
  const parts = [
    'complete -c lkm-traffic',
    ...(condition === '' ? [] : [`-n ${fishQuoted(condition)}`]),
    ...(short === null ? [] : [`-s ${short}`]),
    `-l ${name}`,
    ...(choices.length > 0 ? [`-x -a ${fishQuoted(choices.join(' '))}`] : takesValue ? ['-r', '-F'] : []),
    `-d ${fishQuoted(describe)}`,
  ];
  return parts.join(' ');
}

/** For fish, an option and the name that turns it off are two options. */
function negated(option: DescribedOption): DescribedOption[] {
  return option.describe.includes('--no-') ? [option, { ...option, name: `no-${option.name}` }] : [option];
}

/** The script for fish. It has all completions, because fish cannot ask yargs for them. */
export function fishScript(commands: readonly Command[]): string {
  const lines = [
    '# lkm-traffic completion fish > ~/.config/fish/completions/lkm-traffic.fish',
    'complete -c lkm-traffic -f',
    // The command of run and its arguments.
    "complete -c lkm-traffic -n 'contains -- -- (commandline -opc)' -F",
    ...COMMON_OPTIONS.flatMap(negated).map((option) => optionLine('', option)),
  ];
  for (const { name, describe, options } of commands) {
    const seen = `__fish_seen_subcommand_from ${name}`;
    lines.push(`complete -c lkm-traffic -n __fish_use_subcommand -a ${name} -d ${fishQuoted(describe)}`);
    lines.push(
      ...describeOptions(options)
        .flatMap(negated)
        .map((option) => optionLine(seen, option)),
    );
  }
  return lines.join('\n');
}
