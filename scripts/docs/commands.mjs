// SPDX-License-Identifier: MIT
//
// The blocks of docs/cli.md, from the table of commands: synopsis, options, exit statuses and examples of each.
import { loadSource } from '../lib/bundle.mjs';
import { code, fenced, splitDefault, table } from './page.mjs';

/**
 * What an option takes: its name in a synopsis, and its type. The table of commands knows only that an option takes a
 * value; the parser of each value is in the command.
 */
const VALUES = {
  by: ['PARTS'],
  count: ['N', 'whole number, 1 or more'],
  duration: ['SECONDS', 'time'],
  event: ['KIND', 'list: `send`, `recv`, `exec`, `exit`'],
  families: ['FAMILY', 'list: `inet`, `unix`, `packet`, `vsock`'],
  fname: ['NAME', 'list of names or paths'],
  history: ['N', 'whole number, 1 to 1048576'],
  interval: ['SECONDS', 'time'],
  kernel: ['RELEASE', 'kernel release'],
  ko: ['PATH', 'path'],
  'max-flows': ['N', 'whole number, 0 to 65536'],
  'max-rx': ['SIZE', 'size'],
  'max-tx': ['SIZE', 'size'],
  'min-bytes': ['N', 'whole number of bytes'],
  name: ['NAME', 'name; may be repeated'],
  output: ['FILE', 'path'],
  'output-fd': ['N', 'descriptor number'],
  pid: ['PID', 'list of PIDs'],
  repeat: ['N', 'whole number, 1 to 1000000'],
  scope: ['SCOPE', 'list: `loopback`, `private`, `public`'],
  sort: ['ORDER'],
  user: ['NAME', 'user name'],
};

/** Defaults that the descriptions leave out. */
const DEFAULTS = {
  color: 'on in a terminal',
  engine: '`tracepoint` where the kernel has it',
  follow: 'on',
  help: '',
  ko: 'built, or taken from the cache',
  version: '',
};

/** A description in Markdown: options are code, an asterisk is an asterisk. */
const markdown = (text) =>
  text.replace(/(?<![\w-])--?[a-z][\w-]*(?: [A-Z]+\b)?|\bNO_COLOR\b/g, '`$&`').replace(/[*<]/g, '\\$&');

function optionRow({ name, short, describe, takesValue, choices }) {
  const ofChoices = choices.length > 0 ? [name.toUpperCase()] : [];
  const [placeholder, type] = takesValue ? (VALUES[name] ?? ofChoices) : [];
  if (takesValue && placeholder === undefined) throw new Error(`scripts/docs/commands.mjs: what does --${name} take?`);
  const value = placeholder === undefined ? '' : ` ${placeholder}`;
  const { meaning, byDefault } = splitDefault(describe);
  return [
    [...(short === null ? [] : [`-${short}${value}`]), `--${name}${value}`].map(code).join(', '),
    takesValue ? (type ?? `one of ${choices.map(code).join(', ')}`) : 'flag',
    DEFAULTS[name] ?? byDefault ?? (takesValue ? 'none' : 'off'),
    markdown(meaning),
  ];
}

const optionTable = (options) => table(['option', 'type', 'default', 'meaning'], options.map(optionRow));

function synopsis({ name, positionals = {}, after }) {
  const words = Object.values(positionals).map(({ usage }) => usage);
  return ['lkm-traffic', name, '[OPTION …]', ...words, ...(after === undefined ? [] : ['--', after])].join(' ');
}

function examples(lines) {
  const shown = lines.map(([line, what]) => [line.replace('$0', 'lkm-traffic'), what]);
  const width = Math.max(...shown.map(([line]) => line.length));
  return shown.map(([line, what]) => `${line.padEnd(width)}   # ${what}`).join('\n');
}

/** By name. A page has to have them all. */
export async function commandBlocks() {
  const { COMMANDS, COMMON_OPTIONS, describeOptions } = await loadSource(
    'src/cli/commands',
    'src/cli/command-line/options',
  );
  const blocks = new Map([
    [
      'commands',
      table(
        ['command', 'purpose'],
        COMMANDS.map(({ name, describe }) => [`[${code(name)}](#${name})`, markdown(describe)]),
      ),
    ],
    ['options of every command', optionTable(COMMON_OPTIONS)],
  ]);
  for (const command of COMMANDS) {
    const { name } = command;
    const options = describeOptions(command.options);
    blocks.set(`synopsis of ${name}`, fenced('text', synopsis(command)));
    if (options.length > 0) blocks.set(`options of ${name}`, optionTable(options));
    if (command.examples !== undefined) blocks.set(`examples of ${name}`, fenced('sh', examples(command.examples)));
    if (command.exitStatus !== undefined) {
      blocks.set(
        `exit statuses of ${name}`,
        command.exitStatus.map(([status, meaning]) => `- **${status}**: ${markdown(meaning)}`).join('\n'),
      );
    }
  }
  return { blocks, optional: new Set() };
}
