// SPDX-License-Identifier: MIT
import type { Command } from '../command-line/command';
import { statusReport } from '../format/status-report';

export const status: Command = {
  name: 'status',
  describe: 'Show whether the module is loaded, what it watches, and any problems; exit with 1 if there are any',
  options: {},
  async run(_args, { api, print }) {
    const result = await api.status();
    print(statusReport(result));
    return result.healthy ? 0 : 1;
  },
};
