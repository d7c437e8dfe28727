// SPDX-License-Identifier: MIT
/**
 * Runs command lines of the installed package one after the other in this one process: under emulation the start of
 * Node and of the program takes seconds each time. The parent sends the arguments; what the command prints comes
 * on the usual descriptors, and after it a mark on both with the exit status.
 *
 * All that it needs of the package is the function main() that bin/lkm-traffic.js calls.
 */
import { join } from 'node:path';
import { endOfCommand } from './command-mark';

const [, , folder = ''] = process.argv;
// eslint-disable-next-line @typescript-eslint/no-require-imports -- it is in the guest only
const { main } = require(join(folder, 'dist/cli/main.js')) as { main: () => Promise<void> };

// Each command listens for errors on both, and for signals, as if it were the only one in its process.
process.stdout.setMaxListeners(0);
process.stderr.setMaxListeners(0);
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'];

const statusOfCommand = (): number => Number(process.exitCode ?? 0);

async function run(args: readonly string[]): Promise<number> {
  process.argv = [process.execPath, join(folder, 'bin/lkm-traffic.js'), ...args];
  process.exitCode = undefined;
  try {
    await main();
    return statusOfCommand();
  } catch (error) {
    // As Node ends a process whose main() rejects.
    console.error(error);
    return 1;
  } finally {
    process.exitCode = undefined;
    for (const signal of signals) process.removeAllListeners(signal);
  }
}

process.on('message', (args: readonly string[]) => {
  void run(args).then((status) => {
    const mark = endOfCommand(status);
    process.stderr.write(mark);
    process.stdout.write(mark);
  });
});
process.on('disconnect', () => {
  process.exit();
});
