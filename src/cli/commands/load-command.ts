// SPDX-License-Identifier: MIT
import type { LoadResult } from '../../model/api-results';
import { HISTORY_MAX, MAX_FLOWS_MAX, wrongFamilies } from '../../module/parameters';
import { choice, flag, list, pids, programNames, text, wholeNumber } from '../command-line/arguments';
import type { Command } from '../command-line/command';
import { UsageError } from '../command-line/usage-error';
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
        help: 'What this load watches.',
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
    `${loaded ? 'Loaded' : 'It was loaded already; added'}: ${what} monitored (engine ${visible(engine)}).`,
    whatIsCounted(families),
    'lkm-traffic show prints the counters.',
  ].join('\n');
}

export const load: Command = {
  name: 'load',
  describe: 'Load the module (built first if need be) and watch programs; when it is loaded, watch these too',
  examples: [
    ['$0 load --fname=server.out', 'count what server.out moves, with its children'],
    ['$0 load --pid 1234', 'count a process that already runs'],
  ],
  options: {
    fname: {
      type: 'string',
      requiresArg: true,
      describe: 'name of an executable file, or with / its path; * and ? as in a shell; several with commas',
    },
    pid: { type: 'string', requiresArg: true, describe: 'PID of a process that already runs; several with commas' },
    follow: {
      type: 'boolean',
      describe: 'count children too; --no-follow: only the programs themselves (default: --follow)',
    },
    families: {
      type: 'string',
      requiresArg: true,
      describe: 'address families: inet (IPv4 and IPv6), and with it unix, packet, vsock (default: inet)',
    },
    'log-packets': { type: 'boolean', describe: 'a line in the kernel log for every transfer; costly' },
    engine: { type: 'string', requiresArg: true, choices: ENGINES, describe: 'how transfers are seen' },
    history: { type: 'string', requiresArg: true, describe: 'how many ended processes are kept (default: 1024)' },
    'max-flows': {
      type: 'string',
      requiresArg: true,
      describe: 'how many flows of a process are told apart; 0: none (default: 1024)',
    },
    ko: { type: 'string', requiresArg: true, describe: 'path of a built net_traffic.ko' },
  },
  async run(args, { api, print, say, signal }) {
    const programs = programNames(args);
    const processes = pids(args);
    if (programs.length === 0 && processes.length === 0) {
      throw new UsageError(
        'Nothing to monitor: name a program with --fname=NAME, or a process that runs with --pid N.',
      );
    }
    const history = text(args, 'history');
    const families = list(args, 'families');
    const maxFlows = text(args, 'max-flows');
    const wrong = families.length > 0 ? wrongFamilies(families) : null;
    if (wrong !== null) throw new UsageError(`--families: ${wrong}`);
    const result = await api.load({
      programs,
      pids: processes,
      follow: flag(args, 'follow'),
      families: families.length > 0 ? families : undefined,
      logPackets: flag(args, 'log-packets'),
      engine: choice(args, 'engine', ENGINES),
      history: history === undefined ? undefined : wholeNumber(history, 'history', 1, HISTORY_MAX),
      maxFlows: maxFlows === undefined ? undefined : wholeNumber(maxFlows, 'max-flows', 0, MAX_FLOWS_MAX),
      ko: text(args, 'ko'),
      signal,
    });
    for (const { program, pid } of result.alreadyRunning) {
      say(
        `warning: ${visible(program)} already runs with PID ${pid} and is not counted; to count it: lkm-traffic load --pid ${pid}`,
      );
    }
    print(loadReport(result));
    return 0;
  },
};
