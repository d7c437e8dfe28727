// SPDX-License-Identifier: MIT
import type { BuildResult } from '../../model/api-results';
import { text } from '../command-line/arguments';
import type { Command } from '../command-line/command';
import type { Report } from '../format/report';

function buildReport(result: BuildResult): Report {
  const { kernel, ko, cached } = result;
  return {
    type: 'build',
    data: result,
    csv: { columns: ['kernel', 'ko', 'cached'], rows: [[kernel, ko, cached]] },
    metrics: [
      {
        name: 'lkm_traffic_build_info',
        type: 'gauge',
        help: 'The module that was built.',
        samples: [{ labels: { kernel, ko }, value: 1n }],
      },
    ],
    // Only the path: insmod "$(lkm-traffic build)" works.
    table: () => ko,
  };
}

export const build: Command = {
  name: 'build',
  describe: 'Build the module for a kernel and print the path of the .ko file',
  options: {
    kernel: {
      type: 'string',
      requiresArg: true,
      describe: 'kernel release, as uname -r prints it (default: the running kernel)',
    },
  },
  async run(args, { api, print, say, signal }) {
    const result = await api.build({ kernel: text(args, 'kernel'), signal });
    say(result.cached ? 'Already built:' : `Built for ${result.kernel}:`);
    print(buildReport(result));
    return 0;
  },
};
