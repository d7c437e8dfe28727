// SPDX-License-Identifier: MIT
import type { ChildProcess } from 'node:child_process';
import { TrafficError } from '../model/errors';
import { attach } from '../module/load';
import { thisHost, type Host } from '../system/host';
import { hasInitialPids } from '../system/pid-namespace';
import { childOf } from './child';
import { count, type CountOptions, type RunResult } from './count';

export type MeasureOptions = Omit<CountOptions, 'onStart'>;

/**
 * Counts what a child process that runs already moves, with all that it starts, from now until it ends. What it moved
 * before is unknown: the result is a lower bound. {@link run} starts a command itself, and is exact.
 *
 * @throws {TrafficError} ERR_INVALID_ARGUMENT when it was never started, or in another PID namespace than the initial one,
 * ERR_NO_PROCESS when it has ended, and the codes of {@link monitor}
 */
export async function measure(
  child: ChildProcess,
  options: MeasureOptions = {},
  host: Host = thisHost,
): Promise<RunResult> {
  const { pid } = child;
  if (pid === undefined) {
    throw new TrafficError('ERR_INVALID_ARGUMENT', 'The child process was not started.', {
      hint: "Its event 'error' tells why.",
    });
  }
  if (!hasInitialPids(host)) {
    throw new TrafficError(
      'ERR_INVALID_ARGUMENT',
      `In this PID namespace the module cannot be told which process is ${pid}: its PIDs are those of the initial one.`,
      { hint: 'Start it with run(), which counts by descent and needs no PID.' },
    );
  }
  return count(host, child.spawnargs, options, (control) => {
    // Node has reaped it then, and the PID may be another's.
    const running = childOf(child);
    if (running.hasEnded()) {
      throw new TrafficError('ERR_NO_PROCESS', `The child process ${pid} has ended.`);
    }
    attach(control, pid);
    return () => Promise.resolve(running);
  });
}
