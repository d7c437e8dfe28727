// SPDX-License-Identifier: MIT
import yargs from 'yargs/yargs';

/** The script for bash or zsh. It runs this program for each completion. */
export async function yargsScript(shell: 'bash' | 'zsh'): Promise<string> {
  const before = process.env['SHELL'];
  // yargs chooses the script, and later the format of its answers, by this variable.
  process.env['SHELL'] = shell;
  try {
    const parser = yargs(['completion']).scriptName('lkm-traffic').locale('en').exitProcess(false);
    let script = '';
    await parser.completion('completion').parseAsync(['completion'], {}, (_error, _args, output) => {
      script += output;
    });
    return script
      .replaceAll('lkm-traffic --get-yargs-completions', `SHELL=${shell} lkm-traffic --get-yargs-completions`)
      .replaceAll('lkm-traffic completion', `lkm-traffic completion ${shell}`);
  } finally {
    if (before === undefined) delete process.env['SHELL'];
    else process.env['SHELL'] = before;
  }
}
