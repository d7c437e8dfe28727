// SPDX-License-Identifier: MIT
import type { RunOptions } from '../model/api-options';
import type { RunResult } from '../model/api-results';
import { controlError } from '../module/control-command';
import { attach } from '../module/load';
import { checkWatchOptions } from '../module/parameters';
import type { Control } from '../system/control';
import type { Host } from '../system/host';
import { start } from './child';
import { count } from './count';
import { asUser } from './user';

/** Counts the children that this thread forks while `action` runs. */
function withChildren<T>(control: Control, action: () => T): T {
  try {
    control.write('children on');
  } catch (error) {
    throw controlError(error, 'count', 'the children of this process');
  }
  try {
    return action();
  } finally {
    control.write('children off');
  }
}

/** The internal form of `run()`. */
export async function runOn(
  host: Host,
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  const { pids = [], user, env } = options;
  checkWatchOptions({ pids });
  const plain = { file: command, args, env };
  // Before counting starts, because looking the user up starts a process too.
  const executable = user === undefined ? plain : asUser(user, plain);
  return count(host, [command, ...args], options, (control) => {
    if (pids.length === 0) return withChildren(control, () => start(executable, options));
    for (const pid of pids) attach(control, pid);
    return start(executable, options);
  });
}
