// SPDX-License-Identifier: MIT
import type { Command } from '../command-line/command';
import { COMMON_OPTIONS, describeOptions, type DescribedOption } from '../command-line/options';

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

function optionLine(condition: string, { name, short, describe, takesValue, choices }: DescribedOption): string {
  const parts = [
    'complete -c lkm-traffic',
    ...(condition === '' ? [] : [`-n ${quoted(condition)}`]),
    ...(short === null ? [] : [`-s ${short}`]),
    `-l ${name}`,
    ...(choices.length > 0 ? [`-x -a ${quoted(choices.join(' '))}`] : takesValue ? ['-r', '-F'] : []),
    `-d ${quoted(describe)}`,
  ];
  return parts.join(' ');
}

/** What turns an option off is another name to fish. */
function negated(option: DescribedOption): DescribedOption[] {
  return option.describe.includes('--no-') ? [option, { ...option, name: `no-${option.name}` }] : [option];
}

/** The script of fish: all that there is to complete, since fish cannot ask yargs. */
export function fishScript(commands: readonly Command[]): string {
  const lines = [
    '# lkm-traffic completion fish > ~/.config/fish/completions/lkm-traffic.fish',
    'complete -c lkm-traffic -f',
    // The command of run, and its arguments.
    "complete -c lkm-traffic -n 'contains -- -- (commandline -opc)' -F",
    ...COMMON_OPTIONS.flatMap(negated).map((option) => optionLine('', option)),
  ];
  for (const { name, describe, options } of commands) {
    const seen = `__fish_seen_subcommand_from ${name}`;
    lines.push(`complete -c lkm-traffic -n __fish_use_subcommand -a ${name} -d ${quoted(describe)}`);
    lines.push(
      ...describeOptions(options)
        .flatMap(negated)
        .map((option) => optionLine(seen, option)),
    );
  }
  return lines.join('\n');
}
