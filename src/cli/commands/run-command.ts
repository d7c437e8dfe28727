// SPDX-License-Identifier: MIT
import { systemCode, TrafficError } from '../../model/errors';
import type { RunResult } from '../../model/api-results';
import type { Snapshot } from '../../model/types';
import { wrongFamilies } from '../../module/parameters';
import { signalNumber } from '../../util/signals';
import { choice, duration, flag, list, pids, text, wholeNumber } from '../command-line/arguments';
import type { Arguments, Command, Context } from '../command-line/command';
import { UsageError } from '../command-line/usage-error';
import { FORMATS } from '../format/report';
import { visible } from '../format/style';
import { BREAKDOWNS } from '../run/breakdown';
import { budgetsOf, judge, type Verdict } from '../run/budget';
import { followSignals } from '../run/follow-signals';
import { appendSummary, summaryFile } from '../run/github';
import { openOutput } from '../run/output';
import { repeatReport } from '../run/repeat-report';
import { runReport, sampleReport } from '../run/run-report';

const OVER_BUDGET = 3;
/** As of env(1) and timeout(1). */
const OWN_FAILURE = 125;
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

function commandOf(args: Arguments): readonly [string, ...string[]] {
  const [command, ...rest] = Array.isArray(args['--']) ? args['--'].map(String) : [];
  if (command === undefined) {
    throw new UsageError('run needs a command, after --: lkm-traffic run -- curl -s http://localhost/');
  }
  return [command, ...rest];
}

function familiesOf(args: Arguments): readonly string[] | undefined {
  const families = list(args, 'families');
  if (families.length === 0) return undefined;
  const wrong = wrongFamilies(families);
  if (wrong !== null) throw new UsageError(`--families: ${wrong}`);
  return families;
}

function repeatsOf(args: Arguments): number {
  const value = text(args, 'repeat');
  return value === undefined ? 1 : wholeNumber(value, 'repeat', 1, 1_000_000);
}

function warnOfRoot(command: string, user: string | undefined, { env, say }: Context): void {
  const sudoer = env['SUDO_USER'];
  if (user !== undefined || sudoer === undefined || sudoer === 'root') return;
  say(`note: ${visible(command)} runs as root, not as ${visible(sudoer)}; --user ${visible(sudoer)} changes that.`);
}

/** The command's own; of one that succeeded, whether it kept to its budgets. */
function statusOf({ exitCode, signal }: RunResult, verdicts: readonly Verdict[]): number {
  const own = signal === null ? (exitCode ?? 0) : 128 + signalNumber(signal);
  if (own !== 0) return own;
  if (verdicts.some(({ outcome }) => outcome === 'broken')) return OVER_BUDGET;
  return verdicts.some(({ outcome }) => outcome === 'unproven') ? OWN_FAILURE : 0;
}

async function execute(args: Arguments, context: Context): Promise<number> {
  const command = commandOf(args);
  const [file, ...rest] = command;
  const budgets = budgetsOf(args);
  const by = choice(args, 'by', BREAKDOWNS);
  const interval = duration(args, 'interval');
  const format = choice(args, 'format', FORMATS);
  const oneReport = format === 'csv' || format === 'prom';
  const repeats = repeatsOf(args);
  const user = text(args, 'user');
  if (interval !== undefined && oneReport) {
    throw new UsageError('--interval prints one report after the other: as table, json or ndjson.');
  }
  const github = flag(args, 'github') === true ? summaryFile(context.env) : null;
  const signals = followSignals(context);
  const options = {
    ...{ families: familiesOf(args), pids: pids(args), user, interval },
    // A signal that comes before the next command is started: it is not started.
    signal: AbortSignal.any([context.signal, signals.stop]),
    wait: flag(args, 'wait') === true ? signals.stop : false,
    onStart: signals.commandRuns,
    flows: by === 'remote' || by === 'scope' || budgets.some(({ scopes }) => scopes !== null),
  };
  const output = openOutput(args, context, interval !== undefined || repeats > 1);
  warnOfRoot(file, user, context);

  const results: RunResult[] = [];
  let status = 0;
  // A command that fails is not worth repeating.
  while (results.length < repeats && status === 0 && !signals.stop.aborted) {
    const startedAt = Date.now();
    const onSample = (snapshot: Snapshot): void => {
      output.write(sampleReport(snapshot, startedAt));
    };
    let result: RunResult;
    try {
      result = await context.api.run(file, rest, {
        ...options,
        onSample: interval === undefined ? undefined : onSample,
      });
    } catch (error) {
      if (error !== signals.stop.reason) throw error;
      break;
    }
    const verdicts = budgets.map((budget) => judge(budget, result));
    status = statusOf(result, verdicts);
    results.push(result);
    const number = repeats > 1 ? results.length : undefined;
    if (number === undefined || !oneReport) output.write(runReport(result, { by, verdicts, number }));
    if (github !== null) appendSummary(github, result, verdicts);
  }
  if (repeats > 1) output.write(repeatReport(command, results, repeats));
  output.finish();
  if (status === 0 && results.length < repeats) return 128 + signalNumber(signals.stop.reason as NodeJS.Signals);
  return status;
}

function failureStatus(error: unknown): number {
  if (!(error instanceof TrafficError) || error.code !== 'ERR_COMMAND') return OWN_FAILURE;
  return systemCode(error.cause) === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE;
}

export const run: Command = {
  name: 'run',
  describe: 'Run a command, and tell what it moved, with all that it started; needs no load before',
  after: 'CMD …',
  exitStatus: [
    ['of CMD', 'where nothing below applies; 128 and the signal that ended it, or the repeating'],
    ['2', 'wrong usage'],
    ['3', 'CMD succeeded, and broke a budget'],
    ['125', 'run itself failed, or whether a budget was kept is unknown'],
    ['126', 'CMD cannot be executed'],
    ['127', 'there is no CMD'],
  ],
  examples: [
    ['$0 run -- curl -s http://localhost/', 'the total of one command, on stderr'],
    ['$0 run -o traffic.json --json -- npm ci', 'the same for programs, in a file'],
    ['$0 run --max-rx 100MB --scope public -- npm ci', 'exit status 3 if it received more than that from outside'],
    ['$0 run --by remote -- git clone http://localhost/x.git', 'and with whom'],
    ['$0 run -r 5 -- curl -s http://localhost/', 'five times: mean and spread'],
    ['$0 run --pid 1234 -- sleep 10', 'what a process moves in ten seconds'],
  ],
  options: {
    output: { type: 'string', alias: 'o', requiresArg: true, describe: 'write the report to this file, not to stderr' },
    'output-fd': { type: 'string', requiresArg: true, describe: 'write it to this open file descriptor' },
    by: { type: 'string', requiresArg: true, choices: BREAKDOWNS, describe: 'also who moved it, or with whom' },
    'max-rx': { type: 'string', requiresArg: true, describe: 'exit with 3 if it received more: 1000, 10MB, 1.5MiB' },
    'max-tx': { type: 'string', requiresArg: true, describe: 'exit with 3 if it sent more' },
    scope: {
      type: 'string',
      requiresArg: true,
      describe: 'what counts against these: loopback, private, public, or several of them (default: all)',
    },
    wait: { type: 'boolean', describe: 'count until all that CMD started has ended too; Ctrl-C ends the waiting' },
    repeat: { type: 'string', alias: 'r', requiresArg: true, describe: 'run it that many times; mean and spread' },
    interval: {
      type: 'string',
      alias: 'I',
      requiresArg: true,
      describe: 'a line with the totals so far every so many seconds; 500ms is taken too',
    },
    pid: {
      type: 'string',
      requiresArg: true,
      describe: 'count this running process, and not CMD, which says how long; may be given several times',
    },
    user: { type: 'string', requiresArg: true, describe: 'run CMD as this user, not as root' },
    github: { type: 'boolean', describe: 'append the report to the job summary of GitHub Actions' },
    families: {
      type: 'string',
      requiresArg: true,
      describe: 'address families: inet (IPv4 and IPv6), and with it unix, packet, vsock (default: inet)',
    },
  },
  run: execute,
  failureStatus,
};
