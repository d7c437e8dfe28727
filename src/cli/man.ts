// SPDX-License-Identifier: MIT
import { EXIT_STATUS, type Command } from './command-line/command';
import { COMMON_OPTIONS, describeOptions, type DescribedOption } from './command-line/options';

/** Text for man(7). Dashes do not become hyphens, and no line is taken for a request. */
function escaped(text: string): string {
  return text.replace(/\\/g, '\\e').replace(/-/g, '\\-').replace(/^[.']/gm, '\\&$&');
}

const bold = (text: string): string => `\\fB${escaped(text)}\\fR`;
const italic = (text: string): string => `\\fI${escaped(text)}\\fR`;

function optionText({ name, short, describe, takesValue, choices }: DescribedOption): string[] {
  const names = [...(short === null ? [] : [`-${short}`]), `--${name}`].map(bold).join(', ');
  const value = choices.length > 0 ? ` ${choices.map(bold).join('|')}` : takesValue ? ` ${italic('VALUE')}` : '';
  return ['.TP', `${names}${value}`, escaped(describe)];
}

const statusText = (statuses: readonly (readonly [string, string])[]): string[] =>
  statuses.flatMap(([status, what]) => ['.TP', bold(status), escaped(what)]);

function commandText(command: Command): string[] {
  const { name, positionals = {}, after, describe, options, examples = [], exitStatus } = command;
  const usage = [
    ...Object.values(positionals).map((positional) => italic(positional.usage)),
    ...(after === undefined ? [] : [`[${italic('OPTION')} ...] ${bold('--')} ${italic(after)}`]),
  ];
  return [
    `.SS ${[bold(name), ...usage].join(' ')}`,
    `${escaped(describe)}.`,
    ...describeOptions(options).flatMap(optionText),
    ...examples.flatMap(([line, what]) => ['.TP', bold(line.replace('$0', 'lkm-traffic')), escaped(what)]),
    ...(exitStatus === undefined ? [] : ['.PP', 'Exit status:', ...statusText(exitStatus)]),
  ];
}

/** The manual page in man(7), made from the table of commands. */
export function manual(commands: readonly Command[], version: string): string {
  const lines = [
    `.TH LKM\\-TRAFFIC 1 "" "lkm\\-traffic ${escaped(version)}" "User Commands"`,
    '.SH NAME',
    'lkm\\-traffic \\- count exactly how many bytes programs send and receive over the network',
    '.SH SYNOPSIS',
    `${bold('lkm-traffic')} ${italic('COMMAND')} [${italic('OPTION')} ...]`,
    '.SH COMMANDS',
    ...commands.flatMap(commandText),
    '.SH COMMON OPTIONS',
    ...COMMON_OPTIONS.flatMap(optionText),
    '.SH EXIT STATUS',
    ...statusText(EXIT_STATUS),
    '.PP',
    `The exit statuses of ${bold('run')} are listed with this command.`,
    '.SH FILES',
    '.TP',
    italic('/var/cache/lkm-traffic'),
    'The cache of built modules.',
    '.TP',
    italic('/proc/net_traffic'),
    'The counters, while the module is loaded.',
  ];
  return `${lines.join('\n')}\n`;
}
