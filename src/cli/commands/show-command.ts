// SPDX-License-Identifier: MIT
import { choice, flag, words } from '../command-line/arguments';
import type { Command } from '../command-line/command';
import { isPid, sayUnknown, select, PROCESSES } from '../command-line/select';
import { snapshotReport } from '../format/snapshot-report';
import { SORTS } from '../format/tree';

export const show: Command = {
  name: 'show',
  positionals: PROCESSES,
  describe: 'Print the counters: processes as a tree, programs, totals',
  examples: [
    ['$0 show --json', 'everything, for other programs to read'],
    ['$0 show nginx --sort sent', 'one program, with the process that sent most first'],
    ['$0 show nginx --flows', 'its traffic by connection, by remote host and by scope'],
  ],
  options: {
    flows: { type: 'boolean', describe: 'print each flow too, and totals by remote host and by scope' },
    sort: { type: 'string', requiresArg: true, choices: SORTS, describe: 'order of the processes (default: start)' },
  },
  async run(args, { api, print, say }) {
    const who = words(args, 'process');
    const { snapshot, unknown } = select(await api.snapshot({ flows: flag(args, 'flows') }), who);
    sayUnknown(unknown, say);
    if (unknown.length > 0 && unknown.length === who.length) return 1;
    print(
      snapshotReport(snapshot, {
        sort: choice(args, 'sort', SORTS),
        perProcess: who.some(isPid),
      }),
    );
    return unknown.length > 0 ? 1 : 0;
  },
};
