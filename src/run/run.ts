// SPDX-License-Identifier: MIT
import { controlError } from '../module/control-command';
import { attach } from '../module/load';
import { checkWatchOptions } from '../module/parameters';
import type { Control } from '../system/control';
import { thisHost, type Host } from '../system/host';
import { start, type ChildOptions } from './child';
import { count, type CountOptions, type RunResult } from './count';
import { asUser } from './user';

export interface RunOptions extends ChildOptions, CountOptions {
  /**
   * Counts these running processes, with what they start from now on, and not the command, which only says how long:
   * as `perf stat --pid` does. What they moved before is unknown: the result is a lower bound.
   */
  pids?: readonly number[] | undefined;
}

/** What is forked while `action` runs is counted. */
function withChildren<T>(control: Control, action: () => T): T {
  try {
    control.write('children on');
  } catch (error) {
    throw controlError(error, 'count the children of', 'this process');
  }
  try {
    return action();
  } finally {
    control.write('children off');
  }
}

/**
 * Runs a command, and counts all that it and its descendants move from its first instruction to its end. The module is
 * loaded if it is not, and unloaded when nobody else uses it.
 *
 * @throws {TrafficError} ERR_COMMAND when it cannot be executed, and the codes of {@link monitor}
 */
export async function run(
  command: string,
  args: readonly string[] = [],
  options: RunOptions = {},
  host: Host = thisHost,
): Promise<RunResult> {
  const { pids = [], user, env } = options;
  checkWatchOptions({ pids });
  const plain = { file: command, args, env };
  // Before anything is counted: to look the user up takes a process too.
  const executable = user === undefined ? plain : asUser(user, plain);
  return count(host, [command, ...args], options, (control) => {
    if (pids.length === 0) return withChildren(control, () => start(executable, options));
    for (const pid of pids) attach(control, pid);
    return start(executable, options);
  });
}
