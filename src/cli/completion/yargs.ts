// SPDX-License-Identifier: MIT
import yargs from 'yargs/yargs';

/** The script of bash or zsh, which asks this program at each completion. */
export async function yargsScript(shell: 'bash' | 'zsh'): Promise<string> {
  const before = process.env['SHELL'];
  // Yargs looks there for which of its two scripts, and for what to answer to it.
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
