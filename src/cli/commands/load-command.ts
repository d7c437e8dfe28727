// SPDX-License-Identifier: MIT
import type { LoadResult } from '../../model/api-results';
import { HISTORY_MAX, MAX_FLOWS_MAX } from '../../module/parameters';
import { choice, families, flag, pids, programNames, text, wholeNumber } from '../command-line/arguments';
import type { Command } from '../command-line/command';
import { UsageError } from '../command-line/mistake';
import { withCommand } from '../command-line/shell-words';
import type { Report } from '../format/report';
import { visible } from '../format/style';
import { whatIsCounted } from '../format/words';

const ENGINES = ['tracepoint', 'redirect'] as const;

function loadReport(result: LoadResult): Report {
  const watched = [
    ...result.programs.map((name) => ({ what: 'program', value: name })),
    ...result.pids.map((pid) => ({ what: 'pid', value: String(pid) })),
  ];
  return {
    type: 'load',
    data: result,
    csv: { columns: ['what', 'value'], rows: watched.map(({ what, value }) => [what, value]) },
    metrics: [
      {
        name: 'lkm_traffic_watched_info',
        type: 'gauge',
        help: 'A program or process that this load watches.',
        samples: watched.map(({ what, value }) => ({ labels: { [what]: value }, value: 1n })),
      },
    ],
    table: () => loadText(result),
  };
}

function loadText({ loaded, engine, families, programs, pids }: LoadResult): string {
  const what = [...programs.map((name) => `program ${visible(name)}`), ...pids.map((pid) => `process ${pid}`)].join(
    ', ',
  );
  return [
    `${loaded ? 'Loaded the module.' : 'The module was already loaded.'} Watching ${what} (engine ${visible(engine)}).`,
    whatIsCounted(families),
    'To print the counters: lkm-traffic show',
  ].join('\n');
}

export const load: Command = {
  name: 'load',
  describe: 'Load the module (build it if needed) and watch programs; if it is loaded, watch more programs',
  examples: [
    ['$0 load --fname=server.out', 'count what server.out and its children send and receive'],
    ['$0 load --pid 1234', 'count a process that already runs'],
  ],
  options: {
    fname: {
      type: 'string',
      requiresArg: true,
      describe: 'names of executable files, or paths with a /, separated by commas; * and ? work as in a shell',
    },
    pid: { type: 'string', requiresArg: true, describe: 'PIDs of processes that already run, separated by commas' },
    follow: {
      type: 'boolean',
      describe: 'count children too; to count only the programs themselves: --no-follow (default: --follow)',
    },
    families: {
      type: 'string',
      requiresArg: true,
      describe:
        'address families to count, separated by commas: inet (IPv4 and IPv6, required), unix, packet, vsock (default: inet)',
    },
    'log-packets': { type: 'boolean', describe: 'log every send and receive in the kernel log; this is slow' },
    engine: {
      type: 'string',
      requiresArg: true,
      choices: ENGINES,
      describe: 'how the module sees sends and receives (default: tracepoint if the kernel has it)',
    },
    history: { type: 'string', requiresArg: true, describe: 'number of ended processes to keep (default: 1024)' },
    'max-flows': {
      type: 'string',
      requiresArg: true,
      describe: 'number of flows to count separately for each process; 0: none (default: 1024)',
    },
    ko: { type: 'string', requiresArg: true, describe: 'path of a net_traffic.ko to load instead of building one' },
  },
  async run(args, { api, print, say, signal }) {
    const programs = programNames(args);
    const processes = pids(args);
    if (programs.length === 0 && processes.length === 0) {
      throw new UsageError(
        'load needs a program or a running process to watch. To watch one:\n  lkm-traffic load --fname=NAME\n  lkm-traffic load --pid PID',
      );
    }
    const history = text(args, 'history');
    const maxFlows = text(args, 'max-flows');
    const result = await api.load({
      programs,
      pids: processes,
      follow: flag(args, 'follow'),
      families: families(args),
      logPackets: flag(args, 'log-packets'),
      engine: choice(args, 'engine', ENGINES),
      history: history === undefined ? undefined : wholeNumber(history, 'history', 1, HISTORY_MAX),
      maxFlows: maxFlows === undefined ? undefined : wholeNumber(maxFlows, 'max-flows', 0, MAX_FLOWS_MAX),
      ko: text(args, 'ko'),
      signal,
    });
    for (const { program, pid } of result.alreadyRunning) {
      const warning = `warning: ${visible(program)} already runs with PID ${pid} and is not counted. To count it:`;
      say(withCommand(warning, ['load', '--pid', String(pid)]));
    }
    print(loadReport(result));
    return 0;
  },
};
