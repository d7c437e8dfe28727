// SPDX-License-Identifier: MIT
import { systemCode, TrafficError } from '../../model/errors';
import type { RunResult } from '../../model/api-results';
import type { Snapshot } from '../../model/types';
import { signalNumber } from '../../util/signals';
import { choice, duration, families, flag, pids, text, wholeNumber } from '../command-line/arguments';
import type { Arguments, Command, Context } from '../command-line/command';
import { UsageError } from '../command-line/mistake';
import { shellWords, withCommand } from '../command-line/shell-words';
import { FORMATS } from '../format/report';
import { visible } from '../format/style';
import { BREAKDOWNS } from '../run/breakdown';
import { budgetsOf, judge, type Verdict } from '../run/budget';
import { followSignals } from '../run/follow-signals';
import { appendSummary, summaryFile } from '../run/job-summary';
import { openOutput } from '../run/output';
import { repeatReport } from '../run/repeat-report';
import { runReport, sampleReport } from '../run/run-report';

const WRONG_USAGE = 2;
const OVER_BUDGET = 3;
/** The exit statuses of env(1) and timeout(1). */
const OWN_FAILURE = 125;
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

function commandOf(args: Arguments): readonly [string, ...string[]] {
  const [command, ...rest] = Array.isArray(args['--']) ? args['--'].map(String) : [];
  if (command === undefined) {
    throw new UsageError(
      withCommand('run needs a command after --. For example:', ['run', '--', 'curl', '-s', 'http://localhost/']),
    );
  }
  return [command, ...rest];
}

function repeatsOf(args: Arguments): number {
  const value = text(args, 'repeat');
  return value === undefined ? 1 : wholeNumber(value, 'repeat', 1, 1_000_000);
}

function warnOfRoot(command: string, user: string | undefined, { env, say }: Context): void {
  const sudoer = env['SUDO_USER'];
  if (user !== undefined || sudoer === undefined || sudoer === 'root') return;
  const option = shellWords(['--user', sudoer]);
  say(`note: ${visible(command)} runs as root. To run it as ${visible(sudoer)}: lkm-traffic run ${option} -- CMD`);
}

/** The exit status of the command. If the command succeeded, the verdicts on its budgets decide. */
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
    throw new UsageError(
      `--interval prints several reports, and --format ${format} can have only one. Use --format table, json or ndjson.`,
    );
  }
  const github = flag(args, 'github') === true ? summaryFile(context.env) : null;
  const signals = followSignals(context);
  const options = {
    ...{ families: families(args), pids: pids(args), user, interval },
    // After a signal, the next command is not started.
    signal: AbortSignal.any([context.signal, signals.stop]),
    wait: flag(args, 'wait') === true ? signals.stop : false,
    onStart: signals.commandRuns,
    flows: by === 'remote' || by === 'scope' || budgets.some(({ scopes }) => scopes !== null),
  };
  const output = openOutput(args, context, interval !== undefined || repeats > 1);
  warnOfRoot(file, user, context);

  const results: RunResult[] = [];
  let status = 0;
  // A command that fails is not repeated.
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
  if (!(error instanceof TrafficError)) return OWN_FAILURE;
  if (error.code === 'ERR_INVALID_ARGUMENT') return WRONG_USAGE;
  if (error.code !== 'ERR_COMMAND') return OWN_FAILURE;
  return systemCode(error.cause) === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE;
}

export const run: Command = {
  name: 'run',
  describe: 'Run a command and report what it and its descendants send and receive; needs no load',
  after: 'CMD …',
  exitStatus: [
    ['N', 'the exit status of CMD'],
    ['2', 'wrong usage'],
    ['3', 'CMD succeeded, but exceeded a budget'],
    ['125', 'run itself failed, or a budget could not be verified'],
    ['126', 'CMD cannot be executed'],
    ['127', 'CMD was not found'],
    ['128+N', 'signal N ended CMD, or stopped the repetitions of -r'],
  ],
  examples: [
    ['$0 run -- curl -s http://localhost/', 'the total of one command, on stderr'],
    ['$0 run -o traffic.json --json -- npm ci', 'the same as JSON, in a file'],
    ['$0 run --max-rx 100MB --scope public -- npm ci', 'exit status 3 if it received more from public addresses'],
    ['$0 run --by remote -- git clone http://localhost/x.git', 'the total of each remote host too'],
    ['$0 run -r 5 -- curl -s http://localhost/', 'mean and spread of five runs'],
    ['$0 run --pid 1234 -- sleep 10', 'what a running process sends and receives in ten seconds'],
  ],
  options: {
    output: {
      type: 'string',
      alias: 'o',
      requiresArg: true,
      describe: 'write the report to this file instead of stderr',
    },
    'output-fd': { type: 'string', requiresArg: true, describe: 'write the report to this open file descriptor' },
    by: {
      type: 'string',
      requiresArg: true,
      choices: BREAKDOWNS,
      describe: 'break the total down by process, by executed file, by remote host or by scope',
    },
    'max-rx': {
      type: 'string',
      requiresArg: true,
      describe: 'budget: exit with 3 if CMD received more than this size, for example 1000 (bytes), 10MB or 1.5MiB',
    },
    'max-tx': { type: 'string', requiresArg: true, describe: 'budget: exit with 3 if CMD sent more than this size' },
    scope: {
      type: 'string',
      requiresArg: true,
      describe:
        'apply budgets only to peers of these scopes, separated by commas: loopback, private, public (default: all)',
    },
    wait: { type: 'boolean', describe: 'count until all descendants of CMD have ended too; Ctrl-C stops waiting' },
    repeat: {
      type: 'string',
      alias: 'r',
      requiresArg: true,
      describe: 'run CMD this many times, and report mean and spread',
    },
    interval: {
      type: 'string',
      alias: 'I',
      requiresArg: true,
      describe: 'print the totals so far at this interval, for example 2 (seconds), 0.5 or 500ms',
    },
    pid: {
      type: 'string',
      requiresArg: true,
      describe: 'count this running process instead of CMD, for as long as CMD runs; can be repeated',
    },
    user: { type: 'string', requiresArg: true, describe: 'run CMD as this user instead of root' },
    github: { type: 'boolean', describe: 'append the report to the job summary of GitHub Actions' },
    families: {
      type: 'string',
      requiresArg: true,
      describe:
        'address families to count, separated by commas: inet (IPv4 and IPv6, required), unix, packet, vsock (default: inet)',
    },
  },
  run: execute,
  failureStatus,
};
