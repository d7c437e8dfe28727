// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import { constants } from 'node:os';
import { systemCode, TrafficError } from '../../errors';
import { wrongFamilies } from '../../module/parameters';
import { list, text } from '../arguments';
import type { Arguments, Command, Context } from '../command';
import { runReport } from '../format/run';
import { visible } from '../format/style';
import { UsageError } from '../usage-error';

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

/** A file that cannot be written is known before the command has run. */
function openOutput(file: string | undefined): number | null {
  if (file === undefined) return null;
  try {
    return fs.openSync(file, 'w');
  } catch (error) {
    throw new TrafficError('ERR_SYSTEM', `Cannot write ${file}.`, { cause: error });
  }
}

/**
 * Ctrl-C and Ctrl-\ reach the command by themselves, since the terminal sends them to all that runs in the foreground.
 * What was sent to this process alone was meant for the command.
 */
const forward =
  ({ takeSignals }: Context) =>
  (pid: number): void => {
    takeSignals((signal) => {
      if (signal === 'SIGTERM' || signal === 'SIGHUP') tryKill(pid, signal);
    });
  };

function tryKill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error;
  }
}

function write(output: number, report: string): void {
  try {
    fs.writeFileSync(output, report);
    fs.closeSync(output);
  } catch (error) {
    throw new TrafficError('ERR_SYSTEM', 'The report cannot be written.', { cause: error });
  }
}

async function execute(args: Arguments, context: Context): Promise<number> {
  const [command, ...rest] = commandOf(args);
  const families = familiesOf(args);
  const output = openOutput(text(args, 'output'));
  const sudoer = context.env['SUDO_USER'];
  if (sudoer !== undefined && sudoer !== 'root') {
    context.say(`note: ${visible(command)} runs as root, not as ${visible(sudoer)}.`);
  }
  const result = await context.api.run(command, rest, { families, signal: context.signal, onStart: forward(context) });
  const report = runReport(result);
  if (output === null) {
    context.printAside(report);
  } else {
    write(output, context.render(report));
  }
  return result.exitCode ?? 128 + (result.signal === null ? 0 : constants.signals[result.signal]);
}

function statusOf(error: unknown): number {
  if (!(error instanceof TrafficError) || error.code !== 'ERR_COMMAND') return OWN_FAILURE;
  return systemCode(error.cause) === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE;
}

export const run: Command = {
  name: 'run',
  describe: 'Run a command, and tell what it moved, with all that it started; needs no load before',
  examples: [
    ['$0 run -- curl -s http://localhost/', 'the total of one command, on stderr'],
    ['$0 run -o traffic.json --json -- npm ci', 'the same for programs, in a file'],
  ],
  options: {
    output: { type: 'string', alias: 'o', requiresArg: true, describe: 'write the report to this file, not to stderr' },
    families: {
      type: 'string',
      requiresArg: true,
      describe: 'address families: inet (IPv4 and IPv6), and with it unix, packet, vsock (default: inet)',
    },
  },
  run: execute,
  failureStatus: statusOf,
};
