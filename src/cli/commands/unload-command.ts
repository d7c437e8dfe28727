// SPDX-License-Identifier: MIT
import { flag } from '../command-line/arguments';
import type { Command } from '../command-line/command';
import { snapshotReport } from '../format/snapshot-report';

export const unload: Command = {
  name: 'unload',
  describe: 'Stop counting, print the final totals and unload the module',
  options: {
    force: {
      type: 'boolean',
      describe: 'unload even if trace events of the module are on; the kernel then empties those traces',
    },
  },
  async run(args, { api, print, say }) {
    const final = await api.unload({ force: flag(args, 'force') });
    if (final) print(snapshotReport(final, { final: true }));
    else say('The loaded module was of another version, so its totals cannot be read.');
    say('The module is unloaded.');
    return 0;
  },
};
